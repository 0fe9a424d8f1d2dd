//! A stored configuration as a worker wants it: typed, defaults filled in, other types' keys left out.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::Map;

use crate::json::Json;

/// An HTTP call to make.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HttpCallConfiguration {
    pub url: String,
    /// Upper case; GET unless stored otherwise.
    #[serde(default = "get", deserialize_with = "upper_case")]
    pub method: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub timeout_seconds: Option<u32>,
    pub connect_timeout_seconds: Option<u32>,
    /// Empty means 200 to 299.
    #[serde(default, deserialize_with = "null_as_default")]
    pub success_status_codes: Vec<u16>,
    /// Empty means any.
    #[serde(default, deserialize_with = "null_as_default")]
    pub retry_on_status_codes: Vec<u16>,
    /// A redirect is an answer like any other unless this is set.
    #[serde(default, deserialize_with = "null_as_default")]
    pub follow_redirects: bool,
    pub max_redirects: Option<u8>,
}

/// A handler to call.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeExecutionConfiguration {
    pub handler_type: String,
    pub method_name: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub parameters: Map<String, Json>,
}

impl HttpCallConfiguration {
    pub fn from_stored(stored: &Json) -> Result<HttpCallConfiguration, serde_json::Error> {
        HttpCallConfiguration::deserialize(stored)
    }
}

impl CodeExecutionConfiguration {
    pub fn from_stored(stored: &Json) -> Result<CodeExecutionConfiguration, serde_json::Error> {
        CodeExecutionConfiguration::deserialize(stored)
    }
}

/// Shows nothing that may hold a secret.
impl fmt::Debug for HttpCallConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCallConfiguration")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CodeExecutionConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CodeExecutionConfiguration");
        shown.field("handler_type", &self.handler_type).finish_non_exhaustive()
    }
}

fn get() -> String {
    "GET".to_owned()
}

fn upper_case<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let method = Option::<String>::deserialize(from)?;
    Ok(method.map_or_else(get, |method| method.to_ascii_uppercase()))
}

fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_and_null_mean_the_default() {
        for stored in [
            json!({"url": "https://example.com"}),
            json!({
                "url": "https://example.com", "method": null, "headers": null, "body": null,
                "successStatusCodes": null, "followRedirects": null, "sourcePath": "/unused"
            }),
        ] {
            let call = HttpCallConfiguration::from_stored(&stored).unwrap();
            assert_eq!(call.method, "GET");
            assert!(call.headers.is_empty() && call.success_status_codes.is_empty());
            assert!(!call.follow_redirects);
            assert_eq!((call.body, call.timeout_seconds, call.max_redirects), (None, None, None));
        }
    }

    #[test]
    fn what_is_stored_is_what_is_called() {
        let stored = json!({
            "url": "https://example.com", "method": "post", "headers": {"Accept": "*/*"},
            "body": "{}", "timeoutSeconds": 5, "connectTimeoutSeconds": 2,
            "successStatusCodes": [200, 409], "retryOnStatusCodes": [503],
            "followRedirects": true, "maxRedirects": 3
        });
        let call = HttpCallConfiguration::from_stored(&stored).unwrap();
        assert_eq!(call.method, "POST");
        assert_eq!(call.headers["Accept"], "*/*");
        assert_eq!((call.timeout_seconds, call.connect_timeout_seconds), (Some(5), Some(2)));
        assert_eq!(call.success_status_codes, [200, 409]);
        assert_eq!(call.retry_on_status_codes, [503]);
        assert!(call.follow_redirects);
    }

    #[test]
    fn a_call_needs_its_url_and_code_its_handler() {
        assert!(HttpCallConfiguration::from_stored(&json!({})).is_err());
        assert!(CodeExecutionConfiguration::from_stored(&json!({})).is_err());
        let stored = json!({"handlerType": "SampleJob", "parameters": {"a": [1]}});
        let code = CodeExecutionConfiguration::from_stored(&stored).unwrap();
        assert_eq!(code.parameters["a"], json!([1]));
    }
}

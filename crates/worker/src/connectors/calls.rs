//! The calls that drive one run profile: a JIM's, or any others that an operator describes.

use std::{collections::BTreeMap, fmt};

use horarium_core::schedule_run::ActivityStatus;
use serde_json::Value;

use super::RemoteActivity;

/// Where to call, and where the answers have what. In URLs `{activityId}` and `{taskId}` stand for the
/// ids that the execute call answered.
#[derive(Clone)]
pub struct RemoteCalls {
    /// POST.
    pub execute: String,
    /// GET.
    pub progress: String,
    /// POST; `None` lets an activity go on that nobody waits for any more.
    pub cancel: Option<String>,
    /// Of every call.
    pub headers: Vec<(String, String)>,
    pub answers: Answers,
    /// The other side's words for how an activity stands; a word that is not here means it goes on.
    pub statuses: BTreeMap<String, ActivityStatus>,
}

/// JSON pointers (RFC 6901) into what is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Of execute.
    pub activity_id: String,
    pub task_id: Option<String>,
    /// Of progress.
    pub status: String,
    pub message: Option<String>,
    pub done: Option<String>,
    pub total: Option<String>,
}

/// How far an activity is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) status: ActivityStatus,
    pub(crate) message: Option<String>,
    pub(crate) done: Option<u64>,
    pub(crate) total: Option<u64>,
}

impl RemoteCalls {
    /// A run profile of a JIM server at `base`, such as `https://jim.example.com`.
    pub fn jim(base: &str, api_key: &str, system_id: i64, profile_id: i64) -> Self {
        let api = format!("{}/api/v1", base.trim_end_matches('/'));
        let profile = format!("connected-systems/{system_id}/run-profiles/{profile_id}");
        Self {
            execute: format!("{api}/synchronisation/{profile}/execute"),
            progress: format!("{api}/activities/{{activityId}}/progress"),
            cancel: Some(format!("{api}/worker-tasks/{{taskId}}/cancel")),
            headers: vec![("X-API-Key".to_owned(), api_key.to_owned())],
            answers: Answers {
                activity_id: "/activityId".to_owned(),
                task_id: Some("/taskId".to_owned()),
                status: "/status".to_owned(),
                message: Some("/message".to_owned()),
                done: Some("/objectsProcessed".to_owned()),
                total: Some("/objectsToProcess".to_owned()),
            },
            statuses: ActivityStatus::ALL
                .into_iter()
                .map(|status| (status.name().to_owned(), status))
                .collect(),
        }
    }

    /// What an execute call has started, as it was answered.
    pub(crate) fn started(&self, answer: &Value) -> Result<RemoteActivity, String> {
        let pointer = &self.answers.activity_id;
        let activity_id =
            id_at(answer, pointer).ok_or_else(|| format!("the answer has no id at `{pointer}`"))?;
        let task_id = self.answers.task_id.as_deref().and_then(|at| id_at(answer, at));
        Ok(RemoteActivity { activity_id, task_id })
    }

    pub(crate) fn progress(&self, answer: &Value) -> Result<Progress, String> {
        let pointer = &self.answers.status;
        let word = id_at(answer, pointer);
        let word = word.ok_or_else(|| format!("the answer has no status at `{pointer}`"))?;
        let at = |pointer: &Option<String>| pointer.as_deref().and_then(|at| answer.pointer(at));
        let message = at(&self.answers.message).and_then(Value::as_str);
        Ok(Progress {
            status: self.statuses.get(&word).copied().unwrap_or(ActivityStatus::InProgress),
            message: message.filter(|text| !text.is_empty()).map(str::to_owned),
            done: at(&self.answers.done).and_then(Value::as_u64),
            total: at(&self.answers.total).and_then(Value::as_u64),
        })
    }
}

/// `template` with the activity's ids in it, so that none of them is more than one part of a path.
pub(crate) fn url(template: &str, activity: &RemoteActivity) -> String {
    let task_id = activity.task_id.as_deref().unwrap_or(&activity.activity_id);
    template
        .replace("{activityId}", &encoded(&activity.activity_id))
        .replace("{taskId}", &encoded(task_id))
}

fn encoded(id: &str) -> String {
    let keeps = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let encode = |byte: u8| {
        if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    id.bytes().map(encode).collect()
}

/// A text, or a number as text.
fn id_at(answer: &Value, pointer: &str) -> Option<String> {
    match answer.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Without the headers' values: one of them is a key.
impl fmt::Debug for RemoteCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCalls")
            .field("execute", &self.execute)
            .field("progress", &self.progress)
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_jim_is_called_as_its_clients_call_it() {
        let calls = RemoteCalls::jim("https://jim.example/", "canary", 3, 8);
        let execute =
            "https://jim.example/api/v1/synchronisation/connected-systems/3/run-profiles/8/execute";
        assert_eq!(calls.execute, execute);
        assert!(!format!("{calls:?}").contains("canary"));
        let started = calls.started(&json!({"activityId": "a/../b", "taskId": "t?"})).unwrap();
        assert_eq!(
            url(&calls.progress, &started),
            "https://jim.example/api/v1/activities/a%2F%2E%2E%2Fb/progress"
        );
        let cancel = url(calls.cancel.as_deref().unwrap(), &started);
        assert_eq!(cancel, "https://jim.example/api/v1/worker-tasks/t%3F/cancel");
        assert!(calls.started(&json!({"taskId": "t"})).is_err());
    }

    #[test]
    fn progress_is_read_where_it_stands() {
        let calls = RemoteCalls {
            answers: Answers {
                activity_id: "/job/id".to_owned(),
                task_id: None,
                status: "/job/state".to_owned(),
                message: None,
                done: Some("/job/rows/0".to_owned()),
                total: None,
            },
            statuses: [("DONE".to_owned(), ActivityStatus::Complete)].into(),
            ..RemoteCalls::jim("http://a", "", 1, 1)
        };
        let read = |state: &str| calls.progress(&json!({"job": {"state": state, "rows": [7]}}));
        let done = read("DONE").unwrap();
        assert_eq!((done.status, done.done), (ActivityStatus::Complete, Some(7)));
        assert_eq!(read("RUNNING").unwrap().status, ActivityStatus::InProgress);
        assert!(calls.progress(&json!({"job": {}})).is_err());
        let started = calls.started(&json!({"job": {"id": 4711}})).unwrap();
        assert_eq!(url("/{activityId}/{taskId}", &started), "/4711/4711");
    }
}

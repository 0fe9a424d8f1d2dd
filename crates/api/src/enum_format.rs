//! Enums as names, which the documents show, or as the numbers that the original's client reads
//! (request header `X-Enum-Format: number`).

use serde::Serialize;

use crate::enums::{DayOfWeek, ExecutionStatus, JobType, RetryBackoffType, ScheduleType};
use crate::execution_log::ExecutionLogPage;
use crate::executions::ExecutionDto;
use crate::jobs::JobDto;
use crate::json::{Json, to_bytes, to_tree};
use crate::monitoring::{DashboardStatsDto, JobOutcomesDto};
use crate::paging::Paged;
use crate::wire_enum::WireEnum;

/// The request header that chooses.
pub const ENUM_FORMAT_HEADER: &str = "X-Enum-Format";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnumFormat {
    #[default]
    Names,
    Numbers,
}

impl EnumFormat {
    /// The header's or the setting's value; anything but `number` and `name` in any case is `None`.
    pub fn parse(text: &str) -> Option<EnumFormat> {
        match text.trim() {
            text if text.eq_ignore_ascii_case("number") => Some(EnumFormat::Numbers),
            text if text.eq_ignore_ascii_case("name") => Some(EnumFormat::Names),
            _ => None,
        }
    }
}

/// An answer that the original gave, and where its enums stand.
pub trait NumberEnums: Serialize {
    /// Puts numbers in the place of names in the answer's JSON.
    fn number_enums(json: &mut Json);
}

/// The body of an answer.
pub fn render<T: NumberEnums>(answer: &T, format: EnumFormat) -> Vec<u8> {
    match format {
        EnumFormat::Names => to_bytes(answer),
        EnumFormat::Numbers => {
            let mut json = to_tree(answer);
            T::number_enums(&mut json);
            to_bytes(&json)
        }
    }
}

fn number<E: WireEnum>(json: Option<&mut Json>) {
    if let Some(json) = json
        && let Some(value) = json.as_str().and_then(E::by_word).and_then(E::number)
    {
        *json = value.into();
    }
}

impl NumberEnums for JobDto {
    fn number_enums(json: &mut Json) {
        number::<JobType>(json.get_mut("jobType"));
        number::<ScheduleType>(json.get_mut("scheduleType"));
        number::<ExecutionStatus>(json.get_mut("lastExecutionStatus"));
        number::<RetryBackoffType>(json.pointer_mut("/retryPolicy/retryBackoffType"));
        let days = json.pointer_mut("/exclusions/excludedDaysOfWeek").and_then(Json::as_array_mut);
        days.into_iter().flatten().for_each(|day| number::<DayOfWeek>(Some(day)));
    }
}

impl NumberEnums for ExecutionDto {
    fn number_enums(json: &mut Json) {
        number::<ExecutionStatus>(json.get_mut("status"));
    }
}

impl NumberEnums for JobOutcomesDto {
    fn number_enums(json: &mut Json) {
        for outcome in json["outcomes"].as_array_mut().into_iter().flatten() {
            number::<ExecutionStatus>(outcome.get_mut("status"));
        }
    }
}

impl NumberEnums for DashboardStatsDto {
    fn number_enums(json: &mut Json) {
        let details = json["upcomingExecutionDetails"].clone();
        json["upcomingExecutions"] = details;
    }
}

impl<T: NumberEnums> NumberEnums for Paged<T> {
    fn number_enums(json: &mut Json) {
        Vec::<T>::number_enums(&mut json["items"]);
    }
}

impl NumberEnums for ExecutionLogPage {
    fn number_enums(json: &mut Json) {
        Vec::<ExecutionDto>::number_enums(&mut json["items"]);
    }
}

impl<T: NumberEnums> NumberEnums for Vec<T> {
    fn number_enums(json: &mut Json) {
        json.as_array_mut().into_iter().flatten().for_each(T::number_enums);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jobs::sample_job;
    use crate::paging::PageQuery;

    fn rendered<T: NumberEnums>(answer: &T, format: EnumFormat) -> Json {
        serde_json::from_slice(&render(answer, format)).unwrap()
    }

    #[test]
    fn a_job_has_names_or_numbers_and_nothing_else_differs() {
        let mut names = rendered(&sample_job(), EnumFormat::Names);
        let numbers = rendered(&sample_job(), EnumFormat::Numbers);
        assert_eq!(names["jobType"], "HttpCall");
        names["jobType"] = json!(1);
        names["scheduleType"] = json!(1);
        names["lastExecutionStatus"] = json!(3);
        names["retryPolicy"]["retryBackoffType"] = json!(3);
        names["exclusions"]["excludedDaysOfWeek"] = json!([0]);
        assert_eq!(numbers, names);
    }

    #[test]
    fn either_form_can_be_sent_back() {
        let read = |format| {
            crate::jobs::JobRequest::read_update(&rendered(&sample_job(), format)).unwrap()
        };
        assert_eq!(read(EnumFormat::Numbers), read(EnumFormat::Names));
    }

    #[test]
    fn what_a_user_wrote_is_no_enum() {
        let mut job = sample_job();
        job.job_configuration = json!({"parameters": {"status": "Failed", "jobType": "HttpCall"}});
        job.tags = vec!["Cron".into()];
        let numbers = rendered(&job, EnumFormat::Numbers);
        assert_eq!(numbers["jobConfiguration"], job.job_configuration);
        assert_eq!(numbers["tags"], json!(["Cron"]));
        assert_eq!(numbers["status"], "Enabled", "the original had no number for it");
    }

    #[test]
    fn nulls_stay_null() {
        let job = JobDto { last_execution_status: None, exclusions: None, ..sample_job() };
        let numbers = rendered(&job, EnumFormat::Numbers);
        assert_eq!(numbers["lastExecutionStatus"], Json::Null);
    }

    #[test]
    fn pages_and_lists_are_numbered_item_by_item() {
        let execution = crate::executions::tests::sample();
        let page = PageQuery { page_number: 1, page_size: 20 };
        let paged = Paged::new(vec![execution.clone()], 1, page);
        assert_eq!(rendered(&paged, EnumFormat::Numbers)["items"][0]["status"], 4);
        assert_eq!(rendered(&vec![execution], EnumFormat::Numbers)[0]["status"], 4);
    }

    #[test]
    fn upcoming_executions_become_the_array_the_client_reads() {
        let stats = crate::monitoring::tests::sample_stats();
        assert_eq!(rendered(&stats, EnumFormat::Names)["upcomingExecutions"], 41);
        let numbers = rendered(&stats, EnumFormat::Numbers);
        assert_eq!(numbers["upcomingExecutions"], numbers["upcomingExecutionDetails"]);
        assert_eq!(numbers["upcomingExecutions"][0]["jobName"], "Sync inventory feed");
    }

    #[test]
    fn the_header_has_two_values() {
        assert_eq!(EnumFormat::parse("Number"), Some(EnumFormat::Numbers));
        assert_eq!(EnumFormat::parse("name"), Some(EnumFormat::Names));
        assert_eq!(EnumFormat::parse("integer"), None);
    }
}

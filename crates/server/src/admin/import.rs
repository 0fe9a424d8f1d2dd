//! Making the jobs of an export, in three steps: read and define each, tie their dependencies, write.

mod plan;
mod write;

use horarium_api::{
    FieldErrors,
    admin::{ImportOptions, ImportReportDto, ImportedJobDto},
    json::Json,
};

use super::Admin;
use crate::jobs::JobFault;

use plan::{Item, Plan};

/// What to import, how, and in whose name.
#[derive(Clone, Debug)]
pub struct Import {
    pub items: Vec<Json>,
    pub options: ImportOptions,
    pub by: String,
}

impl Admin {
    /// # Errors
    ///
    /// `Invalid` names what is wrong by the jobs' places in the file: when all of it must be good
    /// and something is not, or when no job is and nobody asked for details.
    pub async fn import(&self, import: Import) -> Result<ImportReportDto, JobFault> {
        let Import { items, options, by } = import;
        let mut plans = self.read_all(&items, options, &by).await?;
        self.tie(&mut plans).await?;
        let has_failed = plans.iter().any(|item| matches!(item.plan, Plan::Failed(_)));
        if options.is_atomic && has_failed {
            return Err(faults(&plans).into());
        }
        if !options.is_dry_run {
            self.write(&mut plans, options.is_atomic, &by).await?;
        }
        let report = report(&plans, options);
        if report.failed == plans.len() && !options.wants_details {
            return Err(faults(&plans).into());
        }
        Ok(report)
    }
}

/// Everything wrong, under `[2].scheduleExpression`.
fn faults(items: &[Item]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (index, item) in items.iter().enumerate() {
        let Plan::Failed(failed) = &item.plan else { continue };
        for (path, messages) in failed.iter() {
            for message in messages {
                errors.add(&format!("[{index}].{path}"), message.as_str());
            }
        }
    }
    errors
}

fn report(items: &[Item], options: ImportOptions) -> ImportReportDto {
    use horarium_api::admin::ImportOutcome::{Created, Failed, Skipped, Updated};

    // A dry run makes no job that has the id.
    let made = |job: &horarium_core::Job| (!options.is_dry_run).then_some(job.id.0);
    let jobs = items.iter().enumerate().map(|(index, item)| {
        let (outcome, id, errors) = match &item.plan {
            Plan::Create(view) => (Created, made(&view.job), FieldErrors::default()),
            Plan::Update(id, _) => (Updated, Some(id.0), FieldErrors::default()),
            Plan::Skip(id) => (Skipped, Some(id.0), FieldErrors::default()),
            Plan::Failed(errors) => (Failed, None, errors.clone()),
        };
        ImportedJobDto { index, name: item.name.clone(), outcome, id, errors }
    });
    let jobs: Vec<ImportedJobDto> = jobs.collect();
    let n = |outcome| jobs.iter().filter(|job| job.outcome == outcome).count();
    ImportReportDto {
        imported: n(Created) + n(Updated),
        created: n(Created),
        updated: n(Updated),
        skipped: n(Skipped),
        failed: n(Failed),
        dry_run: options.is_dry_run,
        jobs,
    }
}

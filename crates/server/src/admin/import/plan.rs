//! What is to become of each job of a file: read, defined, and its dependencies found again.

use std::collections::{HashMap, HashSet};

use horarium_api::{
    FieldErrors,
    admin::{ImportJob, ImportOptions, OnConflict},
    jobs::{Dependencies, JobRequest},
    json::Json,
    time::micros,
};
use horarium_core::{JobId, Standing};
use horarium_store::JobView;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    admin::Admin,
    jobs::{JobFault, scheduled},
};

const DEPENDENCIES: &str = "dependencies.dependsOnJobIds";

/// One job of a file.
pub(super) struct Item {
    pub(super) name: Option<String>,
    /// What other jobs of the file call it.
    old_id: Option<Uuid>,
    pub(super) dependencies: Option<Dependencies>,
    pub(super) pause: Option<Pause>,
    pub(super) plan: Plan,
}

/// How long a job is paused, and why.
#[derive(Clone)]
pub(super) struct Pause {
    pub(super) until: Option<Timestamp>,
    pub(super) reason: Option<String>,
}

pub(super) enum Plan {
    Create(Box<JobView>),
    Update(JobId, Box<JobRequest>),
    Skip(JobId),
    Failed(FieldErrors),
}

/// The job here that each of the file's ids stands for, if there is one.
type Here = HashMap<Uuid, Option<JobId>>;

impl Plan {
    fn id(&self) -> Option<JobId> {
        match self {
            Self::Create(view) => Some(view.job.id),
            Self::Update(id, _) | Self::Skip(id) => Some(*id),
            Self::Failed(_) => None,
        }
    }
}

impl Item {
    fn fail(&mut self, here: &mut Here, text: &str) {
        self.plan = Plan::Failed(FieldErrors::one(DEPENDENCIES, text));
        if let Some(old_id) = self.old_id {
            here.insert(old_id, None);
        }
    }

    /// Of a job that is to be written.
    fn prerequisites(&self) -> impl Iterator<Item = Uuid> {
        let is_written = matches!(self.plan, Plan::Create(_) | Plan::Update(..));
        let wanted = self.dependencies.as_ref().filter(|_| is_written);
        wanted.into_iter().flat_map(|wanted| wanted.depends_on_job_ids.iter().copied())
    }
}

impl Admin {
    pub(super) async fn read_all(
        &self,
        items: &[Json],
        options: ImportOptions,
        by: &str,
    ) -> Result<Vec<Item>, JobFault> {
        let read: Vec<_> = items.iter().map(ImportJob::read).collect();
        let names = read.iter().flatten().filter_map(|job| job.request.name.clone());
        let taken = match options.on_conflict {
            Some(_) => self.engine.shared().store.jobs_named(names.collect()).await?,
            None => Vec::new(),
        };
        let mut planned = Vec::with_capacity(read.len());
        for (job, item) in read.into_iter().zip(items) {
            planned.push(match job {
                Ok(job) => self.plan(job, options.on_conflict, &taken, by).await?,
                Err(errors) => unreadable(item, errors),
            });
        }
        Ok(planned)
    }

    async fn plan(
        &self,
        mut job: ImportJob,
        on_conflict: Option<OnConflict>,
        taken: &[(JobId, String)],
        by: &str,
    ) -> Result<Item, JobFault> {
        let now = self.engine.shared().clock.now();
        let name = job.request.name.clone();
        let same = taken.iter().filter(|(_, taken)| Some(taken) == name.as_ref());
        let same: HashSet<JobId> = same.map(|(id, _)| *id).collect();
        let dependencies = job.request.dependencies.take();
        let is_paused = job.is_paused && job.paused_until.is_none_or(|until| now < until);
        let until = job.paused_until.map(micros);
        let pause = is_paused.then(|| Pause { until, reason: job.pause_reason.take() });
        let old_id = job.id;
        let plan = match (on_conflict, same.iter().next()) {
            (Some(OnConflict::Skip), Some(id)) => Plan::Skip(*id),
            (Some(OnConflict::Update), Some(id)) if same.len() == 1 => {
                Plan::Update(*id, Box::new(job.request))
            }
            (Some(OnConflict::Update), Some(_)) => {
                Plan::Failed(FieldErrors::one("name", "Several jobs have this name."))
            }
            (None, _) | (Some(_), None) => self.define(job, pause.clone(), now, by).await?,
        };
        Ok(Item { name, old_id, dependencies, pause, plan })
    }

    /// A new job that stands as the file says. One that does not fire now is defined as of when it was
    /// made: its end may have passed since, and what it missed is not made up for.
    async fn define(
        &self,
        job: ImportJob,
        pause: Option<Pause>,
        now: Timestamp,
        by: &str,
    ) -> Result<Plan, JobFault> {
        let silent = match pause {
            _ if job.request.is_enabled == Some(false) => Some(Standing::Disabled),
            _ if job.is_completed => Some(Standing::Completed),
            Some(Pause { until, reason }) => Some(Standing::Paused { until, reason }),
            None => None,
        };
        let made_at = job.created_at.map(micros).filter(|at| silent.is_some() && *at < now);
        let defined = self.jobs.define_at(job.request, by, made_at.unwrap_or(now)).await;
        let mut view = match defined {
            Ok(defined) => defined.view,
            Err(JobFault::Invalid(errors)) => return Ok(Plan::Failed(errors)),
            Err(fault) => return Err(fault),
        };
        (view.job.created_at, view.job.updated_at) = (now, now);
        if let Some(name) = job.last_modified_by.filter(|name| !name.trim().is_empty()) {
            view.job.last_modified_by = Some(name);
        }
        if let Some(standing) = silent {
            view.trigger =
                scheduled(horarium_core::Trigger { standing, cursor: now, ..view.trigger });
        }
        Ok(Plan::Create(Box::new(view)))
    }

    /// Gives every dependency its job here: that of the file, else the stored one of this very id.
    /// A job whose prerequisite fails, or that waits for itself, fails.
    pub(super) async fn tie(&self, items: &mut [Item]) -> Result<(), JobFault> {
        let named = items.iter().filter_map(|item| Some((item.old_id?, item.plan.id())));
        let mut here: Here = named.collect();
        let wanted: HashSet<Uuid> = items.iter().flat_map(Item::prerequisites).collect();
        for id in wanted.into_iter().filter(|id| !here.contains_key(id)).collect::<Vec<_>>() {
            let found = self.engine.shared().store.job(JobId(id)).await?;
            here.insert(id, found.map(|view| view.job.id));
        }
        // Each failure may fail others, and each round fails one: no more rounds than jobs.
        while fail_untied(items, &mut here) || fail_cycles(items, &mut here) {}
        for wanted in items.iter_mut().filter_map(|item| item.dependencies.as_mut()) {
            for id in &mut wanted.depends_on_job_ids {
                *id = here.get(id).copied().flatten().map_or(*id, |here| here.0);
            }
        }
        Ok(())
    }
}

/// Fails the jobs one of whose prerequisites is nowhere; true when there were any.
fn fail_untied(items: &mut [Item], here: &mut Here) -> bool {
    let mut has_failed = false;
    for item in items {
        let missing = item.prerequisites().find(|id| here.get(id).copied().flatten().is_none());
        if let Some(missing) = missing {
            let text = format!("There is no job {missing}, neither here nor in the import.");
            item.fail(here, &text);
            has_failed = true;
        }
    }
    has_failed
}

/// Fails the new jobs that are part of a cycle or wait for one; true when there were any. Stored
/// jobs depend on none of the file's, and a changed one is checked when it is changed.
fn fail_cycles(items: &mut [Item], here: &mut Here) -> bool {
    let mut waiting: HashMap<JobId, Vec<JobId>> = HashMap::new();
    for item in items.iter() {
        if let Plan::Create(view) = &item.plan {
            let others = item.prerequisites().filter_map(|id| here.get(&id).copied().flatten());
            waiting.insert(view.job.id, others.collect());
        }
    }
    loop {
        let left: HashSet<JobId> = waiting.keys().copied().collect();
        waiting.retain(|_, others| others.iter().any(|other| left.contains(other)));
        if waiting.len() == left.len() {
            break;
        }
    }
    for item in items {
        if matches!(&item.plan, Plan::Create(view) if waiting.contains_key(&view.job.id)) {
            item.fail(here, "These dependencies are part of a cycle.");
        }
    }
    !waiting.is_empty()
}

fn unreadable(item: &Json, errors: FieldErrors) -> Item {
    let fields = item.as_object().into_iter().flatten();
    let text = |wanted: &str| {
        let mut fields = fields.clone();
        let found = fields.find(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| value.as_str()).map(str::to_owned)
    };
    Item {
        name: text("name"),
        old_id: text("id").and_then(|id| id.parse().ok()),
        dependencies: None,
        pause: None,
        plan: Plan::Failed(errors),
    }
}

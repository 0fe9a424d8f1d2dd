//! What a step is called.

/// The names that a step's own is made of, copied when the execution starts. Blank is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepNames {
    pub own: Option<String>,
    pub connected_system: Option<String>,
    pub run_profile: Option<String>,
}

impl StepNames {
    /// `steps[].name`, of a step in the group with this ordinal (contract J4).
    ///
    /// | own name | system and profile  | shown         |
    /// |----------|---------------------|---------------|
    /// | Import   | any                 | Import        |
    /// | none     | HR and Delta Import | HR - Delta Import |
    /// | none     | not both            | Step 1, for ordinal 0 |
    pub fn in_steps(&self, ordinal: usize) -> String {
        let own = self.own.as_deref().filter(|name| !name.trim().is_empty());
        own.map(str::to_owned)
            .or_else(|| self.of_target())
            .unwrap_or_else(|| format!("Step {}", ordinal + 1))
    }

    /// `progress.steps[].name` of a group with one step: the target's name comes first.
    pub fn in_progress(&self, ordinal: usize) -> String {
        self.of_target().unwrap_or_else(|| self.in_steps(ordinal))
    }

    fn of_target(&self) -> Option<String> {
        let system = self.connected_system.as_deref().filter(|name| !name.trim().is_empty())?;
        let profile = self.run_profile.as_deref().filter(|name| !name.trim().is_empty())?;
        Some(format!("{system} - {profile}"))
    }
}

//! Who may do what: the one table.

use crate::enums::Role;

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Nothing, not even a name.
    Public,
    /// Any user or key.
    Authenticated,
    ViewJobs,
    ViewExecutions,
    ViewNodes,
    /// Trigger, pause, resume; cancel and retry executions.
    OperateJobs,
    /// Create, change, delete, reschedule; exclusions and dependencies.
    EditJobs,
    /// One's own API keys, with at most one's own role.
    ManageOwnKeys,
    /// Everything else.
    Administer,
}

impl Permission {
    pub const ALL: [Permission; 9] = [
        Permission::Public,
        Permission::Authenticated,
        Permission::ViewJobs,
        Permission::ViewExecutions,
        Permission::ViewNodes,
        Permission::OperateJobs,
        Permission::EditJobs,
        Permission::ManageOwnKeys,
        Permission::Administer,
    ];

    /// Whether a caller of this role may.
    ///
    /// |               | views | own keys | operate | edit | administer |
    /// |---------------|-------|----------|---------|------|------------|
    /// | Administrator | yes   | yes      | yes     | yes  | yes        |
    /// | Operator      | yes   | yes      | yes     | yes  | no         |
    /// | Viewer        | yes   | yes      | no      | no   | no         |
    ///
    /// The original lets every signed-in user edit; Operator is its `User`.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Permission::Public
            | Permission::Authenticated
            | Permission::ViewJobs
            | Permission::ViewExecutions
            | Permission::ViewNodes
            | Permission::ManageOwnKeys => true,
            Permission::OperateJobs | Permission::EditJobs => {
                matches!(role, Role::Administrator | Role::Operator)
            }
            Permission::Administer => role == Role::Administrator,
        }
    }

    /// Whether a caller without credentials may.
    pub fn allows_anonymous(self) -> bool {
        self == Permission::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_enum::WireEnum;

    #[test]
    fn every_permission_against_every_role() {
        let rows = Permission::ALL.map(|permission| {
            let roles = Role::ALL.iter().filter(|role| permission.allows(**role));
            let roles: Vec<_> = roles.map(|role| role.name()).collect();
            format!("{permission:?}: {}", roles.join(" "))
        });
        let table = rows.join("\n");
        insta::assert_snapshot!(table, @r"
        Public: Administrator Operator Viewer
        Authenticated: Administrator Operator Viewer
        ViewJobs: Administrator Operator Viewer
        ViewExecutions: Administrator Operator Viewer
        ViewNodes: Administrator Operator Viewer
        OperateJobs: Administrator Operator
        EditJobs: Administrator Operator
        ManageOwnKeys: Administrator Operator Viewer
        Administer: Administrator
        ");
    }

    #[test]
    fn without_credentials_only_public_operations_are_open() {
        let open = Permission::ALL.iter().filter(|permission| permission.allows_anonymous());
        assert_eq!(open.collect::<Vec<_>>(), [&Permission::Public]);
    }
}

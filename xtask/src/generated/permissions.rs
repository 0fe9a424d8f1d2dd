//! docs/permissions.md: who may do what, from the table that the server itself goes by.

use horarium_api::WireEnum as _;
use horarium_api::enums::Role;
use horarium_api::operations::{OPERATIONS, Operation};
use horarium_api::permission::Permission;

use super::row;

const HEAD: &str = "\
<!-- Made by `make gen` from crates/api/src/operations/table.rs: change it there. -->

# Permissions

Each operation needs one permission; each role has some. What is not in this table does not exist.
";

pub(super) fn page() -> String {
    let mut page = format!("{HEAD}\n## Roles\n\n");
    page += &row(["permission", "who has it"]);
    page += &row(["---", "---"]);
    for permission in Permission::ALL {
        page += &row([&format!("{permission:?}"), &holders(permission)]);
    }
    page += "\n## Operations\n\n";
    page += &row(["operation", "permission", ""]);
    page += &row(["---", "---", "---"]);
    for Operation { method, path, permission, summary, .. } in OPERATIONS {
        let operation = format!("`{} {path}`", method.name());
        page += &row([&operation, &format!("{permission:?}"), summary]);
    }
    page
}

fn holders(permission: Permission) -> String {
    if permission.allows_anonymous() {
        return "everybody, without signing in".to_owned();
    }
    let roles = Role::ALL.iter().filter(|role| permission.allows(**role));
    roles.map(|role| role.name()).collect::<Vec<_>>().join(", ")
}

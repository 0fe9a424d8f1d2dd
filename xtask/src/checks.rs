//! The rules of the repository, as tests.

mod fences;
mod layers;
mod links;
mod manifests;
mod sql;
mod tidy;

#[test]
fn generated_files_are_fresh() {
    crate::generated::check().unwrap();
}

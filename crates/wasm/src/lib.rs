//! WebAssembly modules of others, each run in a process that can do nothing but compute.
//!
//! ```text
//!  server ──stdin: what to do, the module, its input──▶ the same binary, as a child
//!         ◀──stdout: frames of output, then how it ended── confined, then: wasmi
//! ```
//!
//! The child gives up everything before it reads a byte: the file system and the network
//! (Landlock), all system calls but some twenty (seccomp), new privileges, memory and processor
//! time beyond its limits (rlimits). What is wrong with a module, or with wasmi, stays in there; the
//! server kills it when it takes too long, and the kernel kills it when the server is gone.
//!
//! Start reading at [`Sandbox`]; what the child does begins at [`enter`].

mod child;
mod confine;
mod engine;
mod frame;
mod host;
mod order;
mod sandbox;
mod spawner;
mod wasi;

pub use child::enter;
pub use confine::Layers;
pub use order::{Limits, Report};
pub use sandbox::{Run, Sandbox, SandboxError, Stream};
pub use wasi::SUPPORTED;

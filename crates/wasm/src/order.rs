//! What the child is asked to do, and what it says at the end.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use crate::confine::Layers;

/// The order's own line; the module and its input follow and are counted in it.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// What a module may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Linear memory, in bytes.
    pub memory_bytes: u64,
    /// Units of work; an instruction of the module costs about one.
    pub fuel: u64,
    /// Output and error output together, in bytes.
    pub written_bytes: u64,
    /// Processor time of the whole child.
    pub cpu_seconds: u64,
}

/// The first line on the child's stdin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) task: Task,
    pub(crate) limits: Limits,
    pub(crate) code_bytes: u64,
    pub(crate) input_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Say what confines you, having tried to get out.
    Tell,
    /// Say whether the module can be run.
    Check,
    Run {
        args: Vec<String>,
        env: Vec<(String, String)>,
    },
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// The module ended by itself: 0 is success.
    Exited(i32),
    /// The module was ended; why.
    Ended(String),
    /// The module cannot be run; why.
    Refused(String),
    /// The module can be run.
    Fine,
    Confined(Layers),
    /// The sandbox did not do its part; why.
    Broken(String),
}

impl Order {
    /// Reads an order and what follows it.
    pub(crate) fn read(mut from: impl BufRead) -> io::Result<(Self, Vec<u8>, Vec<u8>)> {
        let line = read_line(&mut from)?;
        let order: Self = serde_json::from_slice(&line)?;
        let code = read_exactly(&mut from, order.code_bytes)?;
        let input = read_exactly(&mut from, order.input_bytes)?;
        Ok((order, code, input))
    }

    pub(crate) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

fn read_line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    if line.ends_with(b"\n") { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn read_exactly(from: &mut impl Read, n_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match from.take(n_bytes).read_to_end(&mut bytes)? as u64 {
        n if n == n_bytes => Ok(bytes),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(code_bytes: u64, input_bytes: u64) -> Order {
        let limits = Limits { memory_bytes: 1, fuel: 2, written_bytes: 3, cpu_seconds: 4 };
        let task = Task::Run { args: vec!["a\nb".to_owned()], env: vec![] };
        Order { task, limits, code_bytes, input_bytes }
    }

    #[test]
    fn an_order_is_read_as_it_was_written() {
        let mut bytes = order(3, 2).line().unwrap();
        bytes.extend(b"codein");
        let (read, code, input) = Order::read(bytes.as_slice()).unwrap();
        assert_eq!((read, &code[..], &input[..]), (order(3, 2), &b"cod"[..], &b"ei"[..]));
    }

    #[test]
    fn an_order_that_breaks_off_is_none() {
        let whole = [order(3, 0).line().unwrap(), b"co".to_vec()].concat();
        assert!(Order::read(whole.as_slice()).is_err());
        assert!(Order::read(&b"{\"task\""[..]).is_err());
    }
}

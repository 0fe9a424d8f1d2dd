//! Pairs of enums that mean the same: the wire's and the core's.

/// Makes a function each way for each pair.
macro_rules! words {
    ($($read:ident, $write:ident: $wire:ty = $core:ty { $($name:ident),+ $(,)? })+) => {$(
        pub(crate) fn $read(word: $wire) -> $core {
            match word { $(<$wire>::$name => <$core>::$name),+ }
        }

        pub(crate) fn $write(value: $core) -> $wire {
            match value { $(<$core>::$name => <$wire>::$name),+ }
        }
    )+};
}

pub(crate) use words;

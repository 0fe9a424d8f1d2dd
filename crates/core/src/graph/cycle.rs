//! Finding a cycle among things that need each other, to name it.

use std::collections::BTreeSet;

/// The first cycle that can be reached from `starts`, as the path around it: `[a, b, a]` when `a`
/// needs `b` and `b` needs `a`. `None` when there is none.
///
/// Looks at everything once and keeps its own stack, so that a chain of any length is safe.
pub(crate) fn find_cycle<'a, K: Copy + Ord + 'a>(
    starts: impl IntoIterator<Item = K>,
    needs: impl Fn(K) -> &'a [K],
) -> Option<Vec<K>> {
    let mut walked: BTreeSet<K> = BTreeSet::new();
    for start in starts {
        if !walked.insert(start) {
            continue;
        }
        let mut path = vec![start];
        let mut on_path = BTreeSet::from([start]);
        let mut unseen = vec![needs(start).iter()];
        while let Some(children) = unseen.last_mut() {
            match children.next() {
                Some(&child) if on_path.contains(&child) => return Some(around(&path, child)),
                Some(&child) => {
                    if walked.insert(child) {
                        path.push(child);
                        on_path.insert(child);
                        unseen.push(needs(child).iter());
                    }
                }
                None => {
                    unseen.pop();
                    if let Some(left) = path.pop() {
                        on_path.remove(&left);
                    }
                }
            }
        }
    }
    None
}

/// The end of `path` from `again` on, closed by `again`.
fn around<K: Copy + Ord>(path: &[K], again: K) -> Vec<K> {
    let cycle = path.iter().copied().skip_while(|&key| key != again);
    cycle.chain([again]).collect()
}

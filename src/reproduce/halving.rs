//! The smallest part of many things that is enough, found by halving.

/// A smallest part of `all` that is still enough: none of its members can be left out. All together must be enough, and
/// nothing not.
///
/// Delta debugging as Zeller and Hildebrandt describe it (Simplifying and Isolating Failure-Inducing Input, 2002, §3.2):
/// halves, then quarters and so on, each alone and each left out.
///
/// # Errors
/// Those of `is_enough`.
pub fn smallest<T: Clone, E>(all: &[T], mut is_enough: impl FnMut(&[T]) -> Result<bool, E>) -> Result<Vec<T>, E> {
    let (mut kept, mut parts) = (all.to_vec(), 2);
    while kept.len() > 1 {
        let size = kept.len().div_ceil(parts);
        match smaller(&kept, size, &mut is_enough)? {
            Some((less, next)) => (kept, parts) = (less, next),
            None if size == 1 => break,
            None => parts = (parts * 2).min(kept.len()),
        }
    }
    Ok(kept)
}

/// A part of the given size, or all but one of them, that is enough; and into how many that is to be cut.
fn smaller<T: Clone, E>(
    kept: &[T],
    size: usize,
    is_enough: &mut impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<Option<(Vec<T>, usize)>, E> {
    for part in kept.chunks(size) {
        if is_enough(part)? {
            return Ok(Some((part.to_vec(), 2)));
        }
    }
    let count = kept.len().div_ceil(size);
    for left_out in (0..count).filter(|_| count > 2) {
        let rest = kept.chunks(size).enumerate().filter(|(at, _)| *at != left_out);
        let rest: Vec<T> = rest.flat_map(|(_, part)| part.to_vec()).collect();
        if is_enough(&rest)? {
            return Ok(Some((rest, count - 1)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn found(all: u8, wanted: &[u8]) -> (Vec<u8>, usize) {
        let (all, mut tries): (Vec<u8>, _) = ((0..all).collect(), 0);
        let result = smallest(&all, |part| {
            tries += 1;
            Ok::<_, Infallible>(wanted.iter().all(|one| part.contains(one)))
        });
        (result.unwrap_or_else(|never| match never {}), tries)
    }

    #[test]
    fn what_is_needed_is_found_wherever_it_stands() {
        for wanted in [&[0][..], &[31], &[3, 4], &[0, 17, 31], &[1, 2, 3, 5, 8, 13, 21]] {
            assert_eq!(found(32, wanted).0, wanted);
        }
        assert_eq!(found(1, &[0]), (vec![0], 0));
    }

    #[test]
    fn one_of_many_takes_few_tries() {
        assert!(found(64, &[37]).1 <= 12, "{:?}", found(64, &[37]));
    }
}

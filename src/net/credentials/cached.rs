//! Something that is fetched, used for a while and fetched again.

use std::future::Future;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// What runs out within this time counts as run out: requests take time too.
const EARLY: Duration = Duration::from_secs(300);

/// A value and the time until which it may be used.
#[derive(Debug)]
pub struct Cached<T> {
    kept: Mutex<Option<(T, Option<Instant>)>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Cached {
            kept: Mutex::new(None),
        }
    }
}

impl<T: Clone> Cached<T> {
    /// The value, fetched where there is none or it has run out. Others wait for one fetch.
    pub async fn get<E>(
        &self,
        fresh: bool,
        fetch: impl Future<Output = Result<(T, Option<Duration>), E>>,
    ) -> Result<T, E> {
        let mut kept = self.kept.lock().await;
        if let Some((value, until)) = &*kept
            && !fresh
            && until.is_none_or(|until| until > Instant::now())
        {
            return Ok(value.clone());
        }
        let (value, life) = fetch.await?;
        // What lives shorter than the margin is used for half of its life.
        let life = life.map(|life| life.checked_sub(EARLY).unwrap_or(life / 2));
        *kept = Some((value.clone(), life.map(|life| Instant::now() + life)));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use super::*;

    #[test]
    fn fetched_once_until_it_runs_out() {
        let fetches = AtomicU32::new(0);
        let cached = Cached::default();
        let get = |fresh, life| {
            let fetch = async {
                Ok::<_, ()>((
                    fetches.fetch_add(1, Relaxed),
                    Some(Duration::from_secs(life)),
                ))
            };
            crate::net::block_on(cached.get(fresh, fetch)).unwrap()
        };
        assert_eq!(get(false, 3600), Ok(0));
        assert_eq!(get(false, 3600), Ok(0));
        assert_eq!(get(true, 0), Ok(1), "refused: fetched anew");
        assert_eq!(get(false, 3600), Ok(2), "run out");
    }
}

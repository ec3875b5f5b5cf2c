//! The secret store: whether it answers, and how fast. It is asked for a secret that is not there, so that no locked
//! keyring has a reason to ask anybody to unlock it.

use std::time::{Duration, Instant};

use super::chart::Chart;
use crate::config::settings::Settings;
use crate::model::secret::SecretId;
use crate::ports::{SecretStore, SecretStoreError};

const CHECK: &str = "secret store";
/// Every call that is not answered from memory waits for it.
const SLOW: Duration = Duration::from_millis(2_500);

/// The store, if it gives secrets.
pub fn examine(chart: &mut Chart<'_>, settings: &Settings) -> Option<Box<dyn SecretStore>> {
    let name = settings.secrets.store;
    let store = match chart.app.secrets(&settings.secrets) {
        Ok(store) => store,
        Err(error) => {
            chart.failed(CHECK, name, error.as_ref());
            return None;
        }
    };
    let start = Instant::now();
    match store.lookup(&SecretId::Probe) {
        Ok(_) => {
            let took = start.elapsed();
            if took < SLOW {
                chart.ok(CHECK, name, "answers");
            } else {
                let found = format!(
                    "it took {:.1} s to answer, and every call for new credentials waits so long",
                    took.as_secs_f32()
                );
                chart.warning(CHECK, name, found, "see what keeps it busy: top");
            }
            Some(store)
        }
        Err(error @ (SecretStoreError::PassphraseMissing { .. } | SecretStoreError::Interrupted)) => {
            chart.hindered(CHECK, name, &error);
            None
        }
        Err(error) => {
            chart.failed(CHECK, name, &error);
            None
        }
    }
}

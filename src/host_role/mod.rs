//! The host role port over AWS's own providers: the EC2 metadata service (version 2 only) and the service that gives
//! credentials to containers. Never the default chain: no key of the environment and no file of `~/.aws` is looked at.
//! Which of the two is asked, and what may be asked at all, is in `address`; what their answers mean, in `outcome`.

mod address;
mod outcome;
mod witness;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;

use crate::ports::{Clock, HostCredentials, HostRole, HostRoleError};
use crate::sys::network::{Hub, Network, NetworkError, NetworkOptions};
use address::{Address, Kind};
pub use address::{Surroundings, VARIABLES};
use witness::Witness;

/// How long a connection may take: both services are on this machine or beside it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long one question to the EC2 metadata service may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long all of it may take, every attempt included.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the EC2 metadata service is asked when it is in trouble; one that is not there is asked once.
const ATTEMPTS: u32 = 3;

/// The role of this host, as the services around it know it. Making one touches nothing.
pub struct MetadataHostRole {
    surroundings: Surroundings,
    ca_bundle: Option<PathBuf>,
    clock: Rc<dyn Clock>,
    hub: Rc<Hub>,
    network: OnceCell<Network>,
}

impl MetadataHostRole {
    pub const fn new(
        surroundings: Surroundings,
        ca_bundle: Option<PathBuf>,
        clock: Rc<dyn Clock>,
        hub: Rc<Hub>,
    ) -> Self {
        Self { surroundings, ca_bundle, clock, hub, network: OnceCell::new() }
    }

    /// A way there that no proxy is asked for: what it carries is meant for this machine.
    fn network(&self, address: &Address) -> &Network {
        self.network.get_or_init(|| {
            let options = NetworkOptions {
                connect_timeout: CONNECT_TIMEOUT,
                call_timeout: CALL_TIMEOUT,
                ca_bundle: self.ca_bundle.clone(),
            };
            Network::direct(address.base(), options, &self.hub)
        })
    }
}

impl HostRole for MetadataHostRole {
    fn credentials(&self) -> Result<HostCredentials, HostRoleError> {
        let address = self.surroundings.address()?;
        let unreachable =
            |error: NetworkError| HostRoleError::Unreachable { place: address.place(), source: error.into() };
        let network = self.network(&address);
        let witness = Witness::new(network.http_client().map_err(unreachable)?);
        let _wait = network.waiting_for(&address.place());
        let asked = network.run(ask(&address, witness.clone())).map_err(unreachable)?;
        let given = asked.map_err(|error| outcome::explain(&address, &witness.last_answer(), &error))?;
        outcome::credentials(&address, &given, self.clock.now())
    }
}

async fn ask(address: &Address, witness: Witness) -> Result<Credentials, CredentialsError> {
    let config =
        ProviderConfig::empty().with_http_client(witness).with_sleep_impl(TokioSleep::new()).with_time_source(LongAgo);
    match address.kind {
        Kind::Container => EcsCredentialsProvider::builder().configure(&config).build().provide_credentials().await,
        Kind::Ec2 => {
            let client = imds::Client::builder()
                .configure(&config)
                .endpoint(&address.url)
                .map_err(CredentialsError::invalid_configuration)?
                .max_attempts(ATTEMPTS)
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(CALL_TIMEOUT)
                .build();
            let provider = ImdsCredentialsProvider::builder().configure(&config).imds_client(client).build();
            provider.provide_credentials().await
        }
    }
}

/// A clock that shows a time before every expiry. By a later one, AWS's provider would give expired credentials an
/// expiry of its own making; here they shall say when they really end.
#[derive(Debug)]
struct LongAgo;

impl TimeSource for LongAgo {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

//! The main job: from evidence and a connector to a lease, one caller at a time for the same request.
//! Memory first, then identity, entitlement and AWS; a lease in hand is kept until its successor is stored. What came
//! of it is remembered, for the callers that wait and for those to come.

use std::time::Duration;

use jiff::Timestamp;

use super::entitlement::{Entitlement, Openness, decide, is_member};
use super::error::VendError;
use super::freshness::{Freshness, freshness};
use super::memory::{Arrival, Memory, Recalled};
use super::second_factor::issue;
use super::signer::{Signer, handed_on};
use super::wanted::{Wanted, wanted_of};
use crate::model::account::{Account, AccountType};
use crate::model::actor::Actor;
use crate::model::audit::settings::AuditSettings;
use crate::model::connector::Connector;
use crate::model::failure::Failure;
use crate::model::file_mark::Watched;
use crate::model::lease::{Lease, LeaseKey};
use crate::model::mfa::MfaDevice;
use crate::model::pass::{Admission, Outcome, PassKey, Unrenewed};
use crate::model::person::{Evidence, Person};
use crate::model::principal::{Principal, PrincipalType, RuleError};
use crate::model::system_name::SystemName;
use crate::ports::{
    Attempt, CacheError, CodeRequest, Directory, HostRole, IssueRequest, MfaCodes, SecretStore, TokenService,
    TokenServiceError, Turns,
};

/// The ports through which credentials are vended.
pub struct Vendor<'a> {
    /// Made when it must be asked.
    pub directory: &'a dyn Fn() -> Result<Box<dyn Directory>, VendError>,
    pub tokens: &'a dyn TokenService,
    pub secrets: &'a dyn SecretStore,
    pub host: &'a dyn HostRole,
    pub codes: &'a dyn MfaCodes,
    pub turns: &'a dyn Turns,
    pub memory: Memory<'a>,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub connector: &'a Connector,
    pub account: &'a Account,
    pub asker: Asker<'a>,
    /// Where STS is asked, when that is not its own regional endpoint.
    pub endpoint: Option<&'a str>,
    pub recall: Recall<'a>,
}

impl<'a> Order<'a> {
    /// The second factor of which a code goes with the call.
    fn device(&self) -> Option<&'a MfaDevice> {
        self.connector.mfa(self.account)
    }
}

/// For whom it is asked, with what decides whether they get it.
#[derive(Clone, Copy)]
pub enum Asker<'a> {
    /// Whoever the evidence shows, if a group lets them in.
    Person {
        openness: Openness<'a>,
        /// Shows who asks; only called when the directory must be.
        evidence: &'a dyn Fn() -> Result<Evidence, VendError>,
    },
    /// Nobody: no evidence is looked at and no directory is asked; the connector alone decides.
    System(&'a SystemName),
}

/// How a request is remembered.
#[derive(Clone, Copy)]
pub struct Recall<'a> {
    pub key: &'a PassKey,
    /// What the request was derived from, looked at before it was read.
    pub watched: &'a [Watched],
    pub arrival: Arrival,
    /// How long the directory's positive answer may be used again.
    pub good_for: Duration,
    /// How long another caller's turn is waited for.
    pub patience: Duration,
    /// How what is handed on from memory is recorded.
    pub audit: &'a AuditSettings,
    /// Puts a failure into words that can be kept.
    pub describe: &'a dyn Fn(&VendError) -> Failure,
}

/// What was vended.
#[derive(Debug)]
pub struct Vended {
    pub lease: Lease,
    pub actor: Actor,
    pub source: Source,
    /// What could not be kept for the next time.
    pub not_kept: Option<CacheError>,
}

/// Where the lease came from.
#[derive(Debug)]
pub enum Source {
    Issued,
    Memory,
    /// From memory, because AWS could not be asked for a new one, for this reason in words.
    MemoryForWantOfNew(String),
}

impl From<Recalled> for Vended {
    fn from(recalled: Recalled) -> Self {
        let Recalled { lease, admission, trouble } = recalled;
        let source = trouble.map_or(Source::Memory, Source::MemoryForWantOfNew);
        Self { lease, actor: admission.actor, source, not_kept: None }
    }
}

impl Vendor<'_> {
    /// Credentials for the asker, if the connector is open to them.
    pub fn vend(&self, order: Order<'_>) -> Result<Vended, VendError> {
        if let Some(recalled) = self.memory.recall(order.recall.key, order.recall.arrival)? {
            return Ok(recalled.into());
        }
        let _turn = match self.turns.take(order.recall.key, order.recall.patience) {
            Ok(turn) => Some(turn),
            // A folder that can't be written to must not keep anybody from their credentials; then nobody waits.
            Err(CacheError::File { .. }) => None,
            Err(in_vain) => return self.vend_out_of_turn(order, in_vain),
        };
        // Somebody may have fetched it, or failed to, while this process waited for its turn.
        if let Some(recalled) = self.memory.recall(order.recall.key, order.recall.arrival)? {
            return Ok(recalled.into());
        }
        let vended = self.vend_in_turn(order);
        if let Err(error) = &vended
            && !error.is_of_the_caller()
        {
            let (at, failure) = (self.memory.clock.now(), (order.recall.describe)(error));
            let outcome = Outcome::Failed { at, failure, person: error.person().map(str::to_owned) };
            // The failure itself is what the caller must hear of; that it can't be remembered only costs time.
            drop(self.memory.keep(order.recall.key, order.recall.watched, outcome));
        }
        vended
    }

    /// Whoever waited in vain is served the lease that is due for renewal, as long as it is valid and they are admitted.
    fn vend_out_of_turn(&self, order: Order<'_>, in_vain: CacheError) -> Result<Vended, VendError> {
        match self.memory.recall_unrenewed(order.recall.key, order.recall.arrival, &in_vain.to_string())? {
            Some(recalled) => Ok(recalled.into()),
            None => Err(in_vain.into()),
        }
    }

    fn vend_in_turn(&self, order: Order<'_>) -> Result<Vended, VendError> {
        order.connector.check_with(order.account).map_err(|source| broken(order, source))?;
        let (actor, admitted_at) = match self.earlier_admission(order)? {
            Some(admission) => (admission.actor, admission.at),
            None => self.admit(order)?,
        };
        self.vend_to(order, &actor, admitted_at).map_err(|error| VendError::of(actor.name(), error))
    }

    /// Credentials for somebody who was let in.
    fn vend_to(&self, order: Order<'_>, actor: &Actor, admitted_at: Timestamp) -> Result<Vended, VendError> {
        let signer = Signer::of(order.account, self.host)?;
        let (wanted, lease_key) = wanted_of(order, actor, &signer)?;
        let mut admission = Admission {
            actor: actor.clone(),
            at: admitted_at,
            good_for: good_for(order),
            lease_key,
            connector: order.connector.name.clone(),
            account: order.account.name.clone(),
            region: order.connector.region.clone(),
            unrenewed: None,
            audit: order.recall.audit.clone(),
        };
        let (lease, source, lease_not_kept) = self.lease(order, &admission, &signer, &wanted)?;
        if let Source::MemoryForWantOfNew(trouble) = &source {
            admission.unrenewed = Some(Unrenewed { at: self.memory.clock.now(), trouble: trouble.clone() });
        }
        let kept = self.keep(order, admission);
        Ok(Vended { lease, actor: actor.clone(), source, not_kept: lease_not_kept.or(kept.err()) })
    }

    fn keep(&self, order: Order<'_>, admission: Admission) -> Result<(), CacheError> {
        self.memory.keep(order.recall.key, order.recall.watched, Outcome::Admitted(admission))
    }

    /// An earlier answer of the directory, unless the order was derived from files that have changed since: that answer
    /// was about what they say now, and the order may ask for something else.
    fn earlier_admission(&self, order: Order<'_>) -> Result<Option<Admission>, VendError> {
        if !self.memory.is_unchanged(order.recall.watched) {
            return Ok(None);
        }
        self.memory.admission(order.recall.key, order.recall.arrival)
    }

    /// Finds out who asks and whether they are let in. Whoever is not loses what was cached for them.
    fn admit(&self, order: Order<'_>) -> Result<(Actor, Timestamp), VendError> {
        let Order { connector, .. } = order;
        let (actor, at, is_open) = match order.asker {
            Asker::System(name) => (Actor::System(name.clone()), self.memory.clock.now(), connector.system_scope),
            Asker::Person { openness, evidence } => {
                let (person, at, entitlement) = self.ask_directory(order, openness, evidence)?;
                (Actor::Person(person), at, entitlement != Entitlement::None)
            }
        };
        if is_open {
            return Ok((actor, at));
        }
        if let Some(signer) = Signer::known(order.account)
            && let Ok((_, lease_key)) = wanted_of(order, &actor, &signer)
        {
            // The denial itself is what the caller must hear of; a lease that stays is reached by nobody it denies.
            drop(self.memory.leases.forget(&lease_key));
        }
        let name = connector.name.clone();
        Err(match actor {
            Actor::System(_) => VendError::NoSystemScope { connector: name },
            Actor::Person(Person { name: person, .. }) => {
                VendError::NotEntitled { person, connector: name, groups: connector.groups.clone() }
            }
        })
    }

    fn ask_directory(
        &self,
        order: Order<'_>,
        openness: Openness<'_>,
        evidence: &dyn Fn() -> Result<Evidence, VendError>,
    ) -> Result<(Person, Timestamp, Entitlement), VendError> {
        let evidence = evidence()?;
        let directory = (self.directory)()?;
        self.prepare(order);
        let person = directory.identify(&evidence)?.person;
        let at = self.memory.clock.now();
        let entitlement = decide(openness, |group| is_member(directory.as_ref(), &person, group))
            .map_err(|error| VendError::of(&person.name, error))?;
        Ok((person, at, entitlement))
    }

    /// Has the way to STS opened while the directory is asked, unless STS won't be asked even if it says yes, or not before
    /// somebody has been asked for a code: then it would be kept for nothing.
    fn prepare(&self, order: Order<'_>) {
        let at_once = order.connector.principal != Principal::Provided && order.device().is_none();
        if at_once && !self.memory.expects_a_lease(order.recall.key) {
            self.tokens.prepare(&order.connector.region);
        }
    }

    fn lease(
        &self,
        order: Order<'_>,
        admission: &Admission,
        signer: &Signer<'_>,
        wanted: &Wanted,
    ) -> Result<(Lease, Source, Option<CacheError>), VendError> {
        let key = &admission.lease_key;
        if let Some(lease) = self.memory.lease(key, Freshness::Fresh)? {
            return Ok((lease, Source::Memory, None));
        }
        if self.memory.lease(key, Freshness::Ageing)?.is_some() || order.device().is_some() {
            // By this answer the earlier lease serves those who wait, should AWS take longer than they can; and where there
            // is no code to be had, none of them asks the directory again. Where it can't be kept, that is told when the
            // new lease can't be either.
            drop(self.keep(order, admission.clone()));
        }
        match self.renew(order, key, signer, wanted) {
            Err(trouble) if is_passing(&trouble) => match self.memory.lease(key, Freshness::Ageing)? {
                Some(lease) => Ok((lease, Source::MemoryForWantOfNew(trouble.to_string()), None)),
                None => Err(trouble),
            },
            outcome => outcome,
        }
    }

    /// A new lease, kept at once. Of those who need a code of the same device, one goes on; what it gets may be what the
    /// others want too, although they ask for other connectors.
    fn renew(
        &self,
        order: Order<'_>,
        key: &LeaseKey,
        signer: &Signer<'_>,
        wanted: &Wanted,
    ) -> Result<(Lease, Source, Option<CacheError>), VendError> {
        let turn = |device: &MfaDevice| self.codes.turn(&device.serial, order.recall.patience);
        let turn = order.device().map(turn).transpose()?;
        if turn.is_some()
            && let Some(lease) = self.memory.lease(key, Freshness::Fresh)?
        {
            return Ok((lease, Source::Memory, None));
        }
        let lease = self.fetch(order, signer, wanted)?;
        let not_kept = self.memory.leases.store(key, &lease).err();
        Ok((lease, Source::Issued, not_kept))
    }

    fn fetch(&self, order: Order<'_>, signer: &Signer<'_>, wanted: &Wanted) -> Result<Lease, VendError> {
        let lease = match (wanted, signer) {
            (Wanted::Issued(request), _) => self.issue(order, signer, request)?,
            (Wanted::HostRole, Signer::Host(given)) => handed_on(given, self.memory.clock.now()),
            (Wanted::HostRole, Signer::LongTermKey { .. }) => {
                let (principal, account) = (PrincipalType::Provided, AccountType::AccessKey);
                return Err(broken(order, RuleError::AccountUnfit { principal, account }));
            }
        };
        if freshness(&lease, self.memory.clock.now()) == Freshness::Over {
            return Err(VendError::Stillborn { connector: order.connector.name.clone() });
        }
        Ok(lease)
    }

    fn issue(&self, order: Order<'_>, signer: &Signer<'_>, request: &IssueRequest) -> Result<Lease, VendError> {
        let credentials = signer.credentials(self.secrets)?;
        let code = order.device().map(|device| CodeRequest {
            device,
            account: &order.account.name,
            connector: Some(&order.connector.name),
            attempt: Attempt::First,
        });
        let mut lease = issue(self.tokens, self.codes, &credentials, request, code)?;
        if lease.aws_account_id.is_none() {
            lease.aws_account_id = credentials.owner.map(|id| id.to_string());
        }
        Ok(lease)
    }
}

fn broken(order: Order<'_>, source: RuleError) -> VendError {
    VendError::Rule { connector: order.connector.name.clone(), source }
}

/// How long the admission may be used again. The system's rests on the configuration alone, whose files are watched.
const fn good_for(order: Order<'_>) -> Duration {
    match order.asker {
        Asker::Person { .. } => order.recall.good_for,
        Asker::System(_) => Duration::MAX,
    }
}

/// Whether a valid lease may stand in: AWS could not be asked, or not with the code that it wants, as opposed to having said no.
const fn is_passing(error: &VendError) -> bool {
    match error {
        VendError::Tokens(trouble) => {
            use TokenServiceError as E;
            let unasked =
                matches!(trouble, E::Unreachable { .. } | E::Untrusted { .. } | E::CertificatesUnusable { .. });
            unasked || matches!(trouble, E::Busy { .. })
        }
        VendError::Mfa(trouble) => trouble.is_passing(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;

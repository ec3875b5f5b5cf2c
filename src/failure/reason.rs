//! By which word the audit trail knows an error. Those that are left out are known by their kind.

use std::error::Error;

use crate::command::CommandError;
use crate::config::ConfigError;
use crate::model::failure::ReasonCode as Code;
use crate::model::narrowing::NarrowingError;
use crate::ports::{
    ConsoleSignInError, DirectoryError, HostRoleError, MfaError, PromptError, SecretStoreError, TokenServiceError,
};
use crate::vending::VendError;
use crate::vending::rotation::RotationError;
use crate::vending::sign_in::SignInError;

/// The word for this error of a chain, if it is one that has a word.
pub fn code(error: &(dyn Error + 'static)) -> Option<Code> {
    let of_sign_in = |error: &SignInError| match error {
        SignInError::Directory(error) => of_directory(error),
        SignInError::Secrets(error) => of_store(error),
    };
    error
        .downcast_ref()
        .map(of_vending)
        .or_else(|| error.downcast_ref().map(of_sign_in))
        .or_else(|| error.downcast_ref().map(of_rotation))
        .or_else(|| error.downcast_ref().map(of_command))
        .or_else(|| error.downcast_ref().map(of_config))
        .or_else(|| error.downcast_ref().map(of_directory))
        .or_else(|| error.downcast_ref().map(of_store))
        .or_else(|| error.downcast_ref().map(of_mfa))
        .or_else(|| error.downcast_ref().map(of_aws))
        .or_else(|| error.is::<HostRoleError>().then_some(Some(Code::NoHostRole)))
        .or_else(|| error.is::<NarrowingError>().then_some(Some(Code::NarrowingRefused)))
        .or_else(|| error.is::<ConsoleSignInError>().then_some(Some(Code::SignInFailed)))
        .flatten()
}

fn of_vending(error: &VendError) -> Option<Code> {
    match error {
        VendError::NotEntitled { .. } => Some(Code::NotEntitled),
        VendError::NoSystemScope { .. } => Some(Code::NotForTheSystem),
        VendError::SecretMissing { .. } => Some(Code::NoSecret),
        VendError::Of { error, .. } => of_vending(error),
        VendError::Directory(error) => of_directory(error),
        VendError::Secrets(error) => of_store(error),
        VendError::Host(_) => Some(Code::NoHostRole),
        VendError::Mfa(error) => of_mfa(error),
        VendError::Tokens(error) => of_aws(error),
        VendError::Remembered { failure, .. } => Some(failure.code),
        VendError::Tag { .. } | VendError::Rule { .. } | VendError::Stillborn { .. } | VendError::Cache(_) => None,
    }
}

fn of_rotation(error: &RotationError) -> Option<Code> {
    match error {
        RotationError::Tokens(error) => of_aws(error),
        RotationError::NotProved { source, .. } => of_aws(source),
        RotationError::SecretMissing { .. } => Some(Code::NoSecret),
        RotationError::Secrets(error) | RotationError::NotKept { source: error, .. } => of_store(error),
        RotationError::NotKeptNorDeleted { not_kept, .. } => of_store(not_kept),
        RotationError::RootUser { .. }
        | RotationError::NoUser { .. }
        | RotationError::OtherAwsAccount { .. }
        | RotationError::TwoKeys { .. }
        | RotationError::OtherRotation { .. }
        | RotationError::Gone { .. }
        | RotationError::OtherUser { .. }
        | RotationError::Records(_)
        | RotationError::Cache(_) => None,
    }
}

const fn of_directory(error: &DirectoryError) -> Option<Code> {
    use DirectoryError as E;
    match error {
        E::NotLoggedIn { .. } | E::SessionEnded { .. } => Some(Code::NoSession),
        E::WrongPassword { .. } | E::PasswordExpired { .. } => Some(Code::WrongPassword),
        E::PersonInactive { .. }
        | E::PersonOutsideApplication { .. }
        | E::PersonUnknown { .. }
        | E::LocalUserUnknown { .. } => Some(Code::PersonRefused),
        E::ApplicationRejected { .. }
        | E::AddressRejected { .. }
        | E::ApplicationForbidden { .. }
        | E::ApplicationPasswordMissing { .. } => Some(Code::ApplicationRefused),
        E::Unreachable { .. } | E::Untrusted { .. } | E::TimedOut { .. } | E::OutOfOrder { .. } => {
            Some(Code::DirectoryUnreachable)
        }
        E::NotCrowd { .. } | E::Unexpected { .. } | E::LocalLookup { .. } => Some(Code::DirectoryUnclear),
        E::CertificatesUnusable { .. } | E::EvidenceUnfit { .. } => None,
    }
}

fn of_store(_: &SecretStoreError) -> Option<Code> {
    Some(Code::NoSecret)
}

const fn of_mfa(error: &MfaError) -> Option<Code> {
    match error {
        MfaError::Prompt(PromptError::Interrupted) => None,
        _ => Some(Code::NoMfaCode),
    }
}

const fn of_aws(error: &TokenServiceError) -> Option<Code> {
    use TokenServiceError as E;
    match error {
        E::DeniedWithCode { .. } => Some(Code::MfaRefused),
        E::Unreachable { .. } | E::Untrusted { .. } | E::Busy { .. } | E::Incomplete { .. } => {
            Some(Code::AwsUnreachable)
        }
        E::CertificatesUnusable { .. }
        | E::EndpointRefused { .. }
        | E::SwitchUnclear { .. }
        | E::EndpointContradicted { .. }
        | E::NoSuchEndpoint { .. } => None,
        _ => Some(Code::AwsRefused),
    }
}

const fn of_command(error: &CommandError) -> Option<Code> {
    match error {
        CommandError::NotRecorded(_) => Some(Code::NotRecorded),
        CommandError::NoDisplay | CommandError::BrowserFailed(_) => Some(Code::NoBrowser),
        CommandError::OutputLost(_) => Some(Code::OutputLost),
        _ => None,
    }
}

const fn of_config(error: &ConfigError) -> Option<Code> {
    match error {
        ConfigError::NoSuchConnector { .. } => Some(Code::UnknownConnector),
        _ => None,
    }
}

//! What STS is told: from the port's request to the SDK's inputs. Nothing is added and nothing left out.

use aws_sdk_sts::operation::assume_role::builders::AssumeRoleInputBuilder;
use aws_sdk_sts::operation::get_federation_token::builders::GetFederationTokenInputBuilder;
use aws_sdk_sts::operation::get_session_token::builders::GetSessionTokenInputBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use crate::model::duration::SessionDuration;
use crate::model::mfa::MfaCode;
use crate::model::principal::SessionPolicies;
use crate::model::session_tag::SessionTag;
use crate::ports::{AwsAction, IssueAction, IssueRequest};

/// The SDK's input for one of the three actions that issue credentials.
pub(super) enum Input {
    AssumeRole(Box<AssumeRoleInputBuilder>),
    GetFederationToken(Box<GetFederationTokenInputBuilder>),
    GetSessionToken(GetSessionTokenInputBuilder),
}

/// The code goes with the serial number of its device, in the two actions that take them.
pub(super) fn input(request: &IssueRequest, code: Option<&MfaCode>) -> Input {
    let seconds = seconds(request.duration);
    let serial_number = request.mfa_serial.as_ref().map(ToString::to_string);
    let token_code = code.map(|code| code.secret().expose().to_owned());
    match &request.action {
        IssueAction::AssumeRole {
            role_arn,
            session_name,
            external_id,
            policies,
            tags,
            transitive_tags,
            source_identity,
        } => Input::AssumeRole(Box::new(
            AssumeRoleInputBuilder::default()
                .role_arn(role_arn.as_str())
                .role_session_name(session_name)
                .duration_seconds(seconds)
                .set_external_id(external_id.clone())
                .set_policy(inline_policy(policies))
                .set_policy_arns(policy_arns(policies))
                .set_tags(sdk_tags(tags))
                .set_transitive_tag_keys(unless_empty(transitive_tags.clone()))
                .set_source_identity(source_identity.clone())
                .set_serial_number(serial_number)
                .set_token_code(token_code),
        )),
        IssueAction::GetFederationToken { name, policies, tags } => Input::GetFederationToken(Box::new(
            GetFederationTokenInputBuilder::default()
                .name(name)
                .duration_seconds(seconds)
                .set_policy(inline_policy(policies))
                .set_policy_arns(policy_arns(policies))
                .set_tags(sdk_tags(tags)),
        )),
        IssueAction::GetSessionToken => {
            let input = GetSessionTokenInputBuilder::default().duration_seconds(seconds);
            Input::GetSessionToken(input.set_serial_number(serial_number).set_token_code(token_code))
        }
    }
}

/// The action in the words of a refusal.
pub(super) fn action(request: &IssueRequest) -> AwsAction {
    match &request.action {
        IssueAction::AssumeRole { role_arn, external_id, tags, source_identity, .. } => AwsAction::AssumeRole {
            role_arn: role_arn.clone(),
            external_id: external_id.is_some(),
            tags: !tags.is_empty(),
            source_identity: source_identity.is_some(),
        },
        IssueAction::GetFederationToken { tags, .. } => AwsAction::GetFederationToken { tags: !tags.is_empty() },
        IssueAction::GetSessionToken => AwsAction::GetSessionToken,
    }
}

/// STS takes a signed number; what doesn't fit into one is far above every limit, and AWS says so.
fn seconds(duration: SessionDuration) -> i32 {
    i32::try_from(duration.seconds()).unwrap_or(i32::MAX)
}

fn inline_policy(policies: &SessionPolicies) -> Option<String> {
    policies.inline.as_ref().map(ToString::to_string)
}

fn policy_arns(policies: &SessionPolicies) -> Option<Vec<PolicyDescriptorType>> {
    let descriptor = |arn: &crate::model::arn::PolicyArn| PolicyDescriptorType::builder().arn(arn.as_str()).build();
    unless_empty(policies.arns.iter().map(descriptor).collect())
}

fn sdk_tags(tags: &[SessionTag]) -> Option<Vec<Tag>> {
    // Both parts are given, so the builder has nothing to miss.
    let tag = |tag: &SessionTag| Tag::builder().key(&tag.key).value(&tag.value).build().ok();
    unless_empty(tags.iter().filter_map(tag).collect())
}

/// An empty list is no list: the query protocol would send it as a parameter with an empty value.
fn unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

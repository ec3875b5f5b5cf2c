//! What AWS accepts although it surely is not what was meant.

/// An oddity that is worth a warning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    #[error("without Version AWS takes 2008-10-17, which knows no policy variables; write \"Version\": \"2012-10-17\"")]
    VersionMissing,
    #[error("2008-10-17 knows no policy variables; write 2012-10-17")]
    VersionOld,
    #[error("“{}” is plain text in version 2008-10-17, not a variable", .0.escape_debug())]
    VariableInOldVersion(String),
    #[error("Id means nothing in a session policy")]
    Id,
    #[error("there is no statement: the session may do nothing")]
    NoStatement,
    #[error("nothing is allowed here: unless a managed session policy allows something, the session may do nothing")]
    NothingAllowed,
    #[error("this allows everything and nothing is denied: the policy narrows nothing")]
    EverythingAllowed,
    #[error(
        "this allows every action but the named ones on every resource, those of IAM and of future services included; deny with Action instead"
    )]
    AllButNamedAllowed,
    #[error("this is about every service; name the service")]
    EveryService,
    #[error("“{}” is commonly written “{usual}”; AWS does not mind, people who search do", .written.escape_debug())]
    ActionCase { written: String, usual: String },
    #[error("“{}” matches no action: it holds “{}”", .action.escape_debug(), .character.escape_debug())]
    ActionCharacter { action: String, character: char },
    #[error("{action} is about objects, and this names a bucket; its objects are {}/*", .bucket.escape_debug())]
    ObjectActionOnBucket { action: String, bucket: String },
    #[error("{action} is about buckets, and this names objects; their bucket is {}", .bucket.escape_debug())]
    BucketActionOnObjects { action: String, bucket: String },
    #[error("{operator} takes * and ? in “{}” as they stand; {like} takes them as a pattern", .value.escape_debug())]
    PatternNotMatched { operator: String, value: String, like: &'static str },
    #[error("{operator} compares with {expected}, and “{}” is none: this never matches", .value.escape_debug())]
    Incomparable { operator: String, expected: &'static str, value: String },
    #[error("there is nothing to compare with: this never matches")]
    NothingToCompare,
    #[error("“{}” is commonly written “{usual}”", .written.escape_debug())]
    OperatorCase { written: String, usual: String },
    #[error("Null takes no IfExists: it asks whether the key is there")]
    NullIfExists,
    #[error("the condition is empty: it holds always")]
    EmptyCondition,
}

//! The JSON answers, held to the README's table: every verb that answers in JSON is in it, every field that comes out is
//! there with its type, and every field there comes out of some run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::documents::{read, section};
use crate::generated::help_tree;
use crate::sandbox::{Sandbox, aws};

/// Fields by their paths: `groups`, `person.name`, `connectors[].name`, `tags.*`.
type Fields = BTreeMap<String, String>;

/// What the README says of each verb.
fn documented() -> BTreeMap<String, Fields> {
    let readme = read("README.md");
    let rows = section(&readme, "## Answers in JSON").lines().filter_map(|line| line.strip_prefix("| `afed "));
    rows.map(|row| {
        let (verb, rest) = row.split_once("` | ").unwrap();
        let (form, fields) = rest.split_once(" | ").unwrap();
        let prefix = if form == "list" { "[]." } else { "" };
        let fields = fields.split('`').skip(1).step_by(2).filter_map(|field| field.split_once(": "));
        (verb.to_owned(), fields.map(|(path, kind)| (format!("{prefix}{path}"), kind.to_owned())).collect())
    })
    .collect()
}

/// Every field of an answer with its type; what is null has none.
fn found(value: &Value, path: &str, fields: &Fields, into: &mut BTreeSet<(String, String)>) {
    let mut note = |kind: &str| {
        into.insert((path.to_owned(), kind.to_owned()));
    };
    let is_opaque = |path: &str| fields.get(path).is_some_and(|kind| kind.starts_with("policy"));
    match value {
        Value::Null => note("null"),
        Value::Bool(_) => note("boolean"),
        Value::Number(_) => note("number"),
        Value::String(_) => note("string"),
        Value::Object(_) if is_opaque(path) => note("policy"),
        Value::Array(items) if items.is_empty() => note("[]"),
        Value::Array(items) if items.iter().all(Value::is_string) => note("[string]"),
        Value::Array(items) => items.iter().for_each(|item| found(item, &format!("{path}[]"), fields, into)),
        Value::Object(members) => {
            for (name, member) in members {
                let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                let any = below("*");
                let path = if fields.contains_key(&any) { any } else { below(name) };
                found(member, &path, fields, into);
            }
        }
    }
}

fn is_documented(path: &str, kind: &str, fields: &Fields) -> bool {
    let begins = |start: String| fields.keys().any(|path| path.starts_with(&start));
    let is_optional = |path: &str| fields.get(path).is_some_and(|kind| kind.ends_with('?'));
    match (kind, fields.get(path)) {
        ("null", _) => {
            is_optional(path) || fields.keys().any(|field| field.starts_with(&format!("{path}.")) && is_optional(field))
        }
        ("[]", known) => known.is_some_and(|known| known.starts_with('[')) || begins(format!("{path}[]")),
        (kind, known) => known.is_some_and(|known| known.trim_end_matches('?') == kind),
    }
}

/// Things of every kind, as an administrator sees them: a role with all that it can have, an MFA device, a profile.
fn furnished() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.edit_config(|config| {
        let config = config.replace("[\"aws-admins\"]", "[\"developers\"]");
        format!(
            "{config}\n[accounts.device]\ntype = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\
             mfa_serial = \"arn:aws:iam::123123123123:mfa/ops\"\nmfa_process = \"oathtool\"\n\
             \n[connectors.full]\naccount = \"ops\"\nprincipal = \"assume-role\"\nrole_arn = \"{}\"\n\
             external_id = \"example\"\ntags = {{ team = \"payments\" }}\ntransitive_tags = [\"team\"]\n\
             source_identity = \"{{user.name}}\"\npolicy_arns = [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]\n\
             policy = '{{\"Version\": \"2012-10-17\", \"Statement\": []}}'\n",
            aws().open_role
        )
    });
    sandbox.run(&["profile", "add", "deploy"]).succeeds();
    sandbox.write_private(
        "home/.aws/credentials",
        "[kept]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\naws_session_token = t\n\
         x_security_token_expires = 2020-01-01T00:00:00Z\n",
    );
    let elsewhere = "[profile elsewhere]\n\
                     credential_process = /opt/afed --config /opt/afed.toml creds deploy --format process\n";
    sandbox.write_private("home/.aws/config", sandbox.read("home/.aws/config") + elsewhere);
    sandbox.write_private("policy.json", "{\"Version\": \"2012-10-17\"}");
    // As a crash leaves it: the next line says so, and it is found.
    let trail = "home/.local/state/afed/audit.jsonl";
    sandbox.write_private(trail, sandbox.read(trail) + "{\"number\":");
    sandbox
}

/// The runs that show what a verb can answer: the verb, and what follows it.
const RUNS: [(&str, &str); 20] = [
    ("whoami", "--json"),
    ("account list", "--json"),
    ("account show", "ops --json"),
    ("account show", "device --json"),
    ("account check", "ops --json"),
    ("connector list", "--json"),
    ("connector show", "full --json"),
    ("connector show", "deploy --json"),
    ("connector check", "deploy --json"),
    ("policy examples", "--json"),
    ("policy check", "policy.json --json"),
    ("policy needed", "deploy --json"),
    ("profile list", "--json"),
    ("profile list", "--all --json"),
    ("creds", "deploy --format json"),
    ("cache list", "--json"),
    ("doctor", "--json"),
    ("--version", "--json"),
    ("audit", "--json"),
    ("audit verify", "--json"),
];

#[test]
fn every_answer_in_json_is_as_the_readme_says() {
    let (sandbox, documented) = (furnished(), documented());
    let mut seen: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
    for (verb, rest) in RUNS {
        let words: Vec<&str> = verb.split(' ').chain(rest.split(' ')).collect();
        let run = sandbox.run(&words);
        // The hashes of a trail look like secrets, and are none.
        let run = if verb.starts_with("audit") { run } else { run.vends() };
        let answer = run.outcome().json();
        let fields = documented.get(verb).unwrap_or_else(|| panic!("the README does not say what {verb} answers"));
        found(&answer, "", fields, seen.entry(verb).or_default());
    }
    let mut missing = Vec::new();
    for (verb, fields) in &documented {
        let seen = seen.get(verb.as_str()).unwrap_or_else(|| panic!("no run shows what {verb} answers"));
        for (path, kind) in seen {
            assert!(
                is_documented(path, kind, fields),
                "{verb}: {path} is {kind}; the README says {:?}",
                fields.get(path)
            );
        }
        let is_told = |path: &str| seen.iter().any(|(seen, found)| seen == path && found != "null");
        missing.extend(fields.keys().filter(|path| !is_told(path)).map(|path| format!("{verb}: {path}")));
    }
    assert_eq!(missing, Vec::<String>::new(), "no run shows these");
}

#[test]
fn every_verb_that_answers_in_json_is_in_the_readme() {
    let verbs = help_tree().into_iter().filter(|(command, help)| !command.is_empty() && help.contains("--json"));
    let verbs: BTreeSet<String> = verbs.map(|(command, _)| command.join(" ")).collect();
    let others = ["--version", "creds"].map(str::to_owned);
    assert_eq!(documented().into_keys().collect::<BTreeSet<_>>(), verbs.into_iter().chain(others).collect());
}

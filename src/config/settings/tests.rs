use super::*;
use crate::config::file;
use crate::model::principal::{PrincipalType, RuleError};
use crate::model::secret_store_choice::SecretStoreChoice;

const BASE: &str = r#"
version = 1
directory = "crowd"
[crowd]
url = "https://crowd.example.com/crowd"
application = "afed"
admin_groups = ["aws-admins"]
[accounts.ops]
type = "access-key"
access_key_id = "AKIAIOSFODNN7EXAMPLE"
"#;

fn settings(texts: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let files = texts.iter().map(|(path, text)| file::parse(PathBuf::from(path), text)).collect::<Result<_, _>>()?;
    Settings::resolve(files)
}

fn connector(table: &str) -> Result<Connector, ConfigError> {
    let text = format!("{BASE}\n[connectors.deploy]\n{table}");
    settings(&[("/etc/c.toml", &text)])?.connector("deploy", &|path| {
        assert_eq!(path, Path::new("/etc/deploy.json"));
        Ok(b"{\"Version\":\"2012-10-17\"}".to_vec())
    })
}

const ROLE: &str =
    "account = \"ops\"\nprincipal = \"assume-role\"\nrole_arn = \"arn:aws:iam::123123123123:role/UpdateAPP\"\n";

#[test]
fn defaults_are_those_of_the_design() {
    let settings = settings(&[("c", BASE)]).unwrap();
    let DirectorySettings::Crowd(crowd) = &settings.directory else { panic!("not crowd") };
    assert_eq!((crowd.connect_timeout.as_secs(), crowd.call_timeout.as_secs()), (5, 15));
    assert_eq!((settings.secrets.store, settings.secrets.timeout.as_secs()), (SecretStoreChoice::Auto, 5));
    assert!(settings.administrators.use_every_connector);
    let connector = connector(ROLE).unwrap();
    assert_eq!((connector.duration.unwrap().seconds(), connector.region.as_str()), (3_600, "us-east-1"));
    assert!(connector.groups.is_empty());
}

#[test]
fn no_folder_is_called_as_a_shell_calls_the_home() {
    for table in ["[audit]\nfile", "[secrets]\nfile", "[secrets]\npassphrase_file", "[connectors.deploy]\npolicy_file"]
    {
        let text = format!("{BASE}\n{table} = \"~/x\"");
        let rest = "account = \"ops\"\nprincipal = \"federated-user\"";
        let text = if table.contains("deploy") { format!("{text}\n{rest}") } else { text };
        let read = settings(&[("/etc/c.toml", &text)]).and_then(|settings| match table.contains("deploy") {
            true => settings.connector("deploy", &|path| panic!("{} is not looked for", path.display())).map(drop),
            false => Ok(()),
        });
        match read {
            Err(ConfigError::Field { source, .. }) => {
                assert!(source.to_string().contains("no home folder"), "{source}");
            }
            other => panic!("{table}: {other:?}"),
        }
    }
}

#[test]
fn the_same_name_in_two_files_is_an_error() {
    let (machine, user) = ("/etc/afed/config.toml", "/home/alice/config.toml");
    for (text, twice) in [
        ("version = 1\ndirectory = \"os\"\n", "directory"),
        ("version = 1\n[crowd]\nurl = \"https://evil.example.com\"\napplication = \"afed\"\n", "[crowd]"),
        ("version = 1\n[accounts.ops]\ntype = \"access-key\"\n", "[accounts.ops]"),
    ] {
        match settings(&[(machine, BASE), (user, text)]) {
            Err(ConfigError::DefinedTwice { what, first, second }) => {
                assert_eq!(
                    (what.as_str(), first.as_path(), second.as_path()),
                    (twice, Path::new(machine), Path::new(user))
                );
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let more = "version = 1\n[accounts.dev]\ntype = \"access-key\"\naccess_key_id = \"AKIAI44QH8DHBEXAMPLE\"\n";
    let joined = settings(&[(machine, BASE), (user, more)]).unwrap();
    assert_eq!(joined.account_names().collect::<Vec<_>>(), ["dev", "ops"]);
    assert_eq!(joined.origin_of_account("dev"), Some(Path::new(user)));
}

#[test]
fn a_directory_must_be_named_and_complete() {
    for text in ["version = 1\n", "version = 1\ndirectory = \"crowd\"\n"] {
        assert!(matches!(settings(&[("c", text)]), Err(ConfigError::DirectoryIncomplete { .. })), "{text}");
    }
    assert!(matches!(
        settings(&[("c", "version = 1\ndirectory = \"os\"\n")]).unwrap().directory,
        DirectorySettings::Os
    ));
}

#[test]
fn two_sources_of_one_thing_are_refused() {
    let both = format!("{ROLE}policy = \"{{}}\"\npolicy_file = \"deploy.json\"\n");
    assert!(matches!(connector(&both), Err(ConfigError::Contradiction { .. })));
    let text = format!("{BASE}[secrets]\nstore = \"file\"\npassphrase_fd = 3\npassphrase_file = \"p\"\n");
    assert!(matches!(settings(&[("c", &text)]), Err(ConfigError::Contradiction { .. })));
}

#[test]
fn a_policy_file_lies_beside_the_configuration() {
    let found = connector(&format!("{ROLE}policy_file = \"deploy.json\"\n")).unwrap();
    assert_eq!(found.principal.policies().unwrap().inline.as_ref().unwrap().as_str(), "{\"Version\":\"2012-10-17\"}");
}

#[test]
fn faults_of_a_connector_name_it_and_the_field() {
    for (table, field) in [
        (format!("{ROLE}duration = \"soon\"\n"), "duration"),
        (format!("{ROLE}region = \"Europe\"\n"), "region"),
        (format!("{ROLE}groups = [\"\"]\n"), "groups"),
        (format!("{ROLE}tags = {{ team = \"{{env.USER}}\" }}\n"), "tags"),
        (ROLE.replace("role/", "user/"), "role_arn"),
    ] {
        match connector(&table) {
            Err(ConfigError::Field { field: found, table, .. }) => {
                assert_eq!((found, table.as_str()), (field, "connectors.deploy"));
            }
            other => panic!("{table}: {other:?}"),
        }
    }
    assert!(matches!(connector("account = \"ops\"\n"), Err(ConfigError::FieldMissing { field: "principal", .. })));
    assert!(matches!(
        connector(&format!("{ROLE}region = \"cn-north-1\"\n")),
        Err(ConfigError::Rule { source: RuleError::Partition { .. }, .. })
    ));
    assert!(matches!(
        connector(&ROLE.replace("\"ops\"", "\"opps\"")),
        Err(ConfigError::AccountOfConnector { nearest: Some(near), .. }) if near == "ops"
    ));
}

#[test]
fn rules_of_the_principal_types_hold_at_load() {
    for (table, rule) in [
        (
            "account = \"ops\"\nprincipal = \"session-token\"\npolicy = \"{}\"\n".to_owned(),
            "session-token takes no policy",
        ),
        (format!("{ROLE}duration = 43201\n"), "assume-role leases live 15m to 12h; 12h1s is outside"),
        ("account = \"ops\"\nprincipal = \"assume-role\"\n".to_owned(), "assume-role needs role_arn"),
    ] {
        match connector(&table) {
            Err(ConfigError::Rule { source, .. }) => assert_eq!(source.to_string(), rule),
            other => panic!("{table}: {other:?}"),
        }
    }
    assert_eq!(RuleError::RoleArnMissing.to_string(), format!("{} needs role_arn", PrincipalType::AssumeRole));
}

#[test]
fn a_host_s_role_has_no_key_and_a_key_has_an_id() {
    let account = |table: &str| {
        let text = format!("{BASE}[accounts.host]\n{table}");
        settings(&[("c", &text)]).unwrap().account("host")
    };
    let host = account("type = \"instance-role\"\naws_account_id = \"123123123123\"\n").unwrap();
    assert_eq!(host.aws_account_id().map(ToString::to_string).as_deref(), Some("123123123123"));
    assert_eq!(host.access_key_id(), None);
    assert_eq!(account("type = \"instance-role\"\n").unwrap().aws_account_id(), None);
    assert!(matches!(
        account("type = \"instance-role\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n"),
        Err(ConfigError::Field { field: "access_key_id", .. })
    ));
    assert!(matches!(
        account("type = \"access-key\"\n"),
        Err(ConfigError::FieldMissing { field: "access_key_id", .. })
    ));
}

#[test]
fn everything_that_a_connector_names_lies_in_one_partition() {
    let role = ROLE.replace("arn:aws:", "arn:aws-cn:");
    let foreign = "policy_arns = [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"]\n";
    assert_eq!(connector(&role).unwrap().region.as_str(), "cn-north-1");
    let federated = "account = \"ops\"\nprincipal = \"federated-user\"\npolicy_arns = [\"arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess\"]\n";
    assert_eq!(connector(federated).unwrap().region.as_str(), "us-gov-west-1");
    for (table, told) in [
        (
            format!("{role}{foreign}"),
            "it acts in cn-north-1, which is in the partition aws-cn, and the policy arn:aws:iam::aws:policy/ReadOnlyAccess is in aws",
        ),
        (
            format!("{federated}region = \"eu-west-1\"\n"),
            "it acts in eu-west-1, which is in the partition aws, and the policy arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess is in aws-us-gov",
        ),
        (
            format!("{ROLE}region = \"eusc-de-east-1\"\n"),
            "it acts in eusc-de-east-1, which is in the partition aws-eusc, and its role is in aws",
        ),
    ] {
        match connector(&table) {
            Err(ConfigError::Rule { source, .. }) => assert_eq!(source.to_string(), told),
            other => panic!("{table}: {other:?}"),
        }
    }
}

#[test]
fn a_second_factor_belongs_to_the_user_of_a_key() {
    let account = |table: &str| {
        let text = format!("version = 1\ndirectory = \"os\"\n[accounts.dev]\n{table}");
        settings(&[("c", &text)])?.account("dev")
    };
    let key = "type = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n";
    let serial = "mfa_serial = \"arn:aws:iam::123123123123:mfa/dev\"\n";
    for owner in ["", "aws_account_id = \"123123123123\"\n"] {
        let found = account(&format!("{key}{owner}{serial}mfa_process = \"otp 'the dev key'\"\n")).unwrap();
        let device = found.mfa().unwrap();
        assert_eq!(device.serial.as_str(), "arn:aws:iam::123123123123:mfa/dev");
        assert_eq!(device.process.as_ref().unwrap().arguments, ["the dev key"]);
    }
    let wrong = |table: &str| match account(table) {
        Err(ConfigError::Field { field, source, .. }) => format!("{field}: {source}"),
        Err(error) => error.to_string(),
        Ok(account) => panic!("{account:?}"),
    };
    let other = "arn:aws:iam::123123123123:mfa/dev is in the AWS account 123123123123, and the account's key is in 999999999999";
    let of_host = "MFA devices belong to IAM users; the role of a host has none";
    for (table, expected) in [
        (format!("{key}aws_account_id = \"999999999999\"\n{serial}"), format!("mfa_serial: {other}")),
        (format!("{key}mfa_process = \"otp\"\n"), "c: [accounts.dev] lacks mfa_serial".to_owned()),
        (format!("{key}{serial}mfa_process = \"\"\n"), "mfa_process: it names no program".to_owned()),
        (format!("type = \"instance-role\"\n{serial}"), format!("mfa_serial: {of_host}")),
        ("type = \"instance-role\"\nmfa_process = \"otp\"\n".to_owned(), format!("mfa_process: {of_host}")),
    ] {
        assert_eq!(wrong(&table), expected);
    }
}

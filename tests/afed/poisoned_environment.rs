//! Variables of the environment that README does not list have no effect: not those that lead AWS tools to other keys, files
//! and addresses, nor those by which libraries find files, logs, proxies and programs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::Sandbox;
use crate::trap::Trap;

const README: &str = include_str!("../../README.md");
/// Each names a key, a file that says so, or an address that nobody should ask.
const POISON: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjEXAMPLE//token=="),
    ("AWS_SECURITY_TOKEN", "IQoJb3JpZ2luX2VjEXAMPLE//token=="),
    ("AWS_PROFILE", "poisoned"),
    ("AWS_DEFAULT_PROFILE", "poisoned"),
    ("AWS_CONFIG_FILE", "$SANDBOX/poison/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "$SANDBOX/poison/config"),
    ("AWS_SDK_LOAD_CONFIG", "1"),
    ("AWS_ROLE_ARN", "arn:aws:iam::123123123123:role/Stranger"),
    ("AWS_ROLE_SESSION_NAME", "stranger"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "$SANDBOX/poison/config"),
    ("AWS_REGION", "cn-north-1"),
    ("AWS_DEFAULT_REGION", "cn-north-1"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"),
    ("AWS_ENDPOINT_URL_SSO", "$TRAP"),
    ("AWS_ENDPOINT_URL_SIGNIN", "$TRAP"),
    ("AWS_ENDPOINT_URL_SSO_OIDC", "$TRAP"),
    ("AWS_ENDPOINT_DISCOVERY_ENABLED", "true"),
    ("AWS_DEFAULTS_MODE", "poisoned"),
    ("AWS_RETRY_MODE", "poisoned"),
    ("AWS_MAX_ATTEMPTS", "0"),
    ("AWS_SIGV4A_SIGNING_REGION_SET", "*"),
    ("AWS_AUTH_SCHEME_PREFERENCE", "noAuth"),
    ("AWS_BEARER_TOKEN_BEDROCK", "stranger"),
    ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "required"),
    ("AWS_REQUEST_CHECKSUM_CALCULATION", "poisoned"),
    ("AWS_RESPONSE_CHECKSUM_VALIDATION", "poisoned"),
    ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", "poisoned"),
    ("AWS_DISABLE_REQUEST_COMPRESSION", "poisoned"),
    ("AWS_SDK_UA_APP_ID", "stranger"),
    ("AWS_EXECUTION_ENV", "stranger"),
    ("AWS_METADATA_SERVICE_TIMEOUT", "poisoned"),
    ("AWS_EC2_METADATA_V1_DISABLED", "false"),
    ("AWS_LAMBDA_FUNCTION_NAME", "stranger"),
    ("AMAZON_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AMAZON_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_CREDENTIAL_FILE", "$SANDBOX/poison/config"),
    ("AWS_CREDENTIAL_EXPIRATION", "2000-01-01T00:00:00Z"),
    ("AWS_LOGIN_CACHE_DIRECTORY", "$SANDBOX/poison"),
    ("AWS_DATA_PATH", "$SANDBOX/poison"),
    ("AWS_CLI_FILE_ENCODING", "poisoned"),
    ("AWS_PAGER", "$SANDBOX/poison/run"),
    ("AWS_VAULT", "poisoned"),
    ("AWS_ACCOUNT_ID", "123123123123"),
    ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "0"),
    ("AWS_USE_ARN_REGION", "poisoned"),
    ("AWS_S3_USE_ARN_REGION", "poisoned"),
    ("AWS_NEW_RETRIES_2026", "true"),
    ("AWS_CSM_ENABLED", "true"),
    ("AWS_CSM_HOST", "127.0.0.1"),
    ("AWS_CSM_PORT", "9"),
    ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:9"),
    ("_X_AMZN_TRACE_ID", "Root=1-00000000-000000000000000000000000"),
    ("AWS_ENDPOINT_URL_S3", "$TRAP"),
    ("AWS_ENDPOINT_URL_KMS", "$TRAP"),
    ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "$TRAP"),
    ("BOTO_CONFIG", "$SANDBOX/poison/config"),
    ("AWS_LOG_LEVEL", "trace"),
    ("AWS_DEBUG", "true"),
    ("USER", "root"),
    ("LOGNAME", "root"),
    ("SUDO_USER", "carol"),
    ("USERNAME", "carol"),
    ("SUDO_UID", "1"),
    ("SUDO_GID", "1"),
    ("SUDO_HOME", "$SANDBOX/poison"),
    ("SUDO_COMMAND", "$SANDBOX/poison/run"),
    ("PWD", "$SANDBOX/poison"),
    ("OLDPWD", "$SANDBOX/poison"),
    ("XDG_CONFIG_HOME", ""),
    ("XDG_CACHE_HOME", "poison"),
    ("XDG_STATE_HOME", "./poison"),
    ("XDG_CONFIG_DIRS", "$SANDBOX/poison"),
    ("XDG_DATA_DIRS", "$SANDBOX/poison"),
    ("TMPDIR", "$SANDBOX/poison/none"),
    ("TEMP", "$SANDBOX/poison/none"),
    ("SSLKEYLOGFILE", "$SANDBOX/poison/keys"),
    ("OPENSSL_CONF", "$SANDBOX/poison/config"),
    ("REQUESTS_CA_BUNDLE", "$SANDBOX/poison/config"),
    ("CURL_CA_BUNDLE", "$SANDBOX/poison/config"),
    ("NODE_EXTRA_CA_CERTS", "$SANDBOX/poison/config"),
    ("FTP_PROXY", "$TRAP"),
    ("SOCKS_PROXY", "$TRAP"),
    ("RES_OPTIONS", "debug"),
    ("LOCALDOMAIN", "example.com"),
    ("HOSTALIASES", "$SANDBOX/poison/config"),
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("RUST_LIB_BACKTRACE", "full"),
    ("RUST_MIN_STACK", "1"),
    ("MALLOC_PERTURB_", "165"),
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_CHECK_", "3"),
    ("GLIBC_TUNABLES", "glibc.malloc.perturb=165"),
    ("MALLOC_TRACE", "$SANDBOX/poison/trace"),
    ("RESOLV_HOST_CONF", "$SANDBOX/poison/config"),
    ("RESOLV_MULTI", "off"),
    ("LD_LIBRARY_PATH", "$SANDBOX/poison"),
    ("COLUMNS", "-1"),
    ("LINES", "x"),
    ("GIT_CONFIG_GLOBAL", "$SANDBOX/poison/config"),
    ("HTTPS_PROXY_REQUEST_FULLURI", "true"),
    ("RSYNC_PROXY", "$TRAP"),
    ("WS_PROXY", "$TRAP"),
    ("TOKIO_WORKER_THREADS", "0"),
    ("GCONV_PATH", "$SANDBOX/poison"),
    ("LOCPATH", "$SANDBOX/poison"),
    ("NLSPATH", "$SANDBOX/poison/config"),
    ("LANG", "poisoned"),
    ("LC_ALL", "poisoned"),
    ("TZ", "$SANDBOX/poison/config"),
    ("TZDIR", "$SANDBOX/poison"),
    ("DBUS_SESSION_BUS_ADDRESS", "unix:path=$SANDBOX/poison/none"),
    ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=$SANDBOX/poison/none"),
    ("BASH_ENV", "$SANDBOX/poison/run"),
    ("ENV", "$SANDBOX/poison/run"),
    ("IFS", "/"),
    ("PAGER", "$SANDBOX/poison/run"),
    ("EDITOR", "$SANDBOX/poison/run"),
    ("VISUAL", "$SANDBOX/poison/run"),
    ("SUDO_ASKPASS", "$SANDBOX/poison/run"),
    ("SSH_ASKPASS", "$SANDBOX/poison/run"),
    ("PINENTRY_USER_DATA", "$SANDBOX/poison/run"),
    ("CARGO_HOME", "$SANDBOX/poison"),
    ("CLAP_COMPLETE", "bash"),
    ("COMPLETE", "bash"),
    ("AFED_PASSPHRASE", "stranger"),
    ("AFED_TOKEN", "stranger"),
    ("AFED_USER", "carol"),
    ("AFED_CONNECTOR", "stranger"),
];
/// These act in what README says of them, which is not asked here.
const LISTED: [&str; 10] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CREDENTIAL_EXPIRATION",
    "AFED_CONNECTOR",
    "DBUS_SESSION_BUS_ADDRESS",
    // These name no absolute path, which is as if they were not set.
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
];

/// A configuration of AWS tools by which they would run a program and ask somebody else.
fn poison(sandbox: &Sandbox, trap: &Trap) {
    let run = sandbox.path("poison/run").display().to_string();
    sandbox.write_private("poison/run", "#!/bin/sh\ntouch \"$0.was-run\"\n");
    fs::set_permissions(sandbox.path("poison/run"), fs::Permissions::from_mode(0o700)).unwrap();
    let lines = format!(
        "credential_process = {run}\nendpoint_url = {url}\nca_bundle = {run}\nregion = cn-north-1\nuse_fips_endpoint = true\n\
         sts_regional_endpoints = legacy\nproxy = {url}\nservices = here\n",
        url = trap.url
    );
    let service = format!("[services here]\nsts =\n  endpoint_url = {}\n", trap.url);
    sandbox.write_private(
        "poison/config",
        format!("[default]\n{lines}[profile poisoned]\n{lines}[poisoned]\n{lines}{service}"),
    );
}

fn poisoned(sandbox: Sandbox, trap: &Trap) -> Sandbox {
    poison(&sandbox, trap);
    POISON.iter().fold(sandbox, |sandbox, (name, value)| sandbox.env(name, &value.replace("$TRAP", &trap.url)))
}

#[test]
fn what_readme_does_not_list_has_no_effect() {
    let documented = README.split_once("## Environment variables").unwrap().1.split("\n## ").next().unwrap();
    for (name, _) in POISON {
        let is_listed = documented.contains(&format!("`{name}`"));
        assert_eq!(is_listed, LISTED.contains(name), "{name}: is it listed?");
    }
    let (plain, trap) = (Sandbox::with_session_of("alice"), Trap::start());
    let other = poisoned(Sandbox::new(), &trap);
    other.configure();
    other.log_in("alice");
    for line in ["whoami", "account list", "account check ops", "connector list", "connector show deploy", "creds none"]
    {
        let words: Vec<&str> = line.split(' ').collect();
        // The two sessions began one after the other.
        let [expected, found] = [&plain, &other].map(|sandbox| {
            let outcome = sandbox.run(&words).outcome();
            let lines = outcome.stdout.lines().filter(|line| !line.starts_with("session until")).map(str::to_owned);
            (outcome.code, lines.collect::<Vec<_>>(), outcome.stderr.clone())
        });
        assert_eq!(found, expected, "{line}");
    }
    let vended = |sandbox: &Sandbox| sandbox.run(&["creds", "deploy", "--format", "json"]).vends().succeeds();
    let (expected, found) = (vended(&plain), vended(&other));
    assert_eq!(found.stderr, expected.stderr);
    for field in ["Person", "PrincipalArn", "Region", "Connector", "AccountId"] {
        assert_eq!(found.json()[field], expected.json()[field], "{field}");
    }
    assert_eq!(trap.lines(), [""; 0]);
    let touched: Vec<String> = other.files("poison").into_iter().filter(|path| !path.ends_with("/run")).collect();
    assert_eq!(touched, [other.path("poison/config").display().to_string()]);
}

#[test]
fn without_a_home_that_can_be_used_afed_says_so() {
    let sandbox = Sandbox::configured();
    for home in ["/dev/null", "/proc"] {
        let outcome = sandbox.run(&["creds", "deploy"]).env("HOME", home).outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{home}: {outcome:?}");
    }
}

//! What `afed.1` says about the program as a whole. The exit codes, the files and the environment are those of the README,
//! and a test holds the two together.

use clap_mangen::roff::{Roff, bold, roman};

const EXAMPLES: [(&str, &str); 6] = [
    ("afed init", "Set up the directory and the secret store, once"),
    ("afed login", "Log in to Crowd"),
    ("eval \"$(afed creds deploy)\"", "Set credentials of the connector “deploy” in this shell"),
    ("afed exec deploy -- terraform plan", "Run a command with the credentials"),
    ("afed profile add deploy", "Let the AWS CLI and the SDKs ask by themselves"),
    ("afed creds nightly --system --format json", "Give credentials to a job, for no person"),
];

const EXIT_STATUS: [(&str, &str); 9] = [
    ("0", "done"),
    ("1", "the request or the configuration is wrong"),
    ("2", "the command line is wrong, or an answer is missing and there is no terminal"),
    ("3", "log in, unlock the secret store, or give a code of the MFA device, first"),
    ("4", "denied by the directory or by AWS"),
    ("5", "something could not be reached or did not answer"),
    ("70", "a fault of afed"),
    ("126", "of exec: the command can't be run; else exec ends as its command does"),
    ("127", "of exec: there is no such command"),
];

const FILES: [(&str, &str); 7] = [
    ("/etc/afed/config.toml", "the machine's configuration, read first"),
    ("~/.config/afed/config.toml", "the person's configuration"),
    ("~/.local/share/afed/secrets.afed", "the encrypted file of secrets, where that is the secret store"),
    ("~/.cache/afed", "kept credentials, sealed"),
    ("~/.local/state/afed/audit.jsonl", "the audit trail"),
    ("~/.aws/config", "AWS's configuration, where profile add writes the hook"),
    ("~/.aws/credentials", "where creds --write-profile writes keys, and account import finds long-term ones"),
];

const ENVIRONMENT: [(&str, &str); 18] = [
    ("AFED_CONFIG", "the configuration file, where --config is not given"),
    ("AFED_CHAIN", "the runs around this one; afed sets it for what it starts"),
    ("AFED_CONNECTOR, AWS_ACCESS_KEY_ID, AWS_CREDENTIAL_EXPIRATION, AWS_PROFILE", "what afed prompt goes by"),
    ("AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "other places of AWS's two files"),
    ("AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_IAM, AWS_ENDPOINT_URL", "other endpoints of AWS"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true: these three say nothing"),
    ("AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT", "true: the region's FIPS or dual-stack endpoint of STS"),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, \
         AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "the service that gives a container's role, and what it is shown",
    ),
    (
        "AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, AWS_EC2_METADATA_DISABLED",
        "where the EC2 metadata service is, and whether it is asked",
    ),
    ("AWS_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR", "certificates to trust"),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "proxies"),
    ("DISPLAY, WAYLAND_DISPLAY, BROWSER", "whether there is a browser to open"),
    ("SHELL", "the shell that --format auto takes where no program above afed is one"),
    ("CREDENTIALS_DIRECTORY", "where systemd puts the passphrase of the encrypted file"),
    ("DBUS_SESSION_BUS_ADDRESS", "the bus of this machine whose Secret Service keeps the secrets"),
    ("XDG_RUNTIME_DIR", "where that bus is if not named, and the files of exec --refresh and --profile"),
    ("HOME, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_STATE_HOME", "where the files above lie"),
    ("NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM", "whether colours are written, where --color does not say"),
];

/// The sections that stand between the options and the list of commands.
pub fn write(roff: &mut Roff) {
    for (heading, entries) in
        [("EXAMPLES", &EXAMPLES[..]), ("EXIT STATUS", &EXIT_STATUS), ("FILES", &FILES), ("ENVIRONMENT", &ENVIRONMENT)]
    {
        roff.control("SH", [heading]);
        for (name, meaning) in entries {
            roff.control("TP", []);
            roff.text([bold(*name)]);
            roff.text([roman(*meaning)]);
        }
    }
}

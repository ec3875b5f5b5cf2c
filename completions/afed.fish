# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_afed_global_optspecs
    string join \n config= h/help V/version
end

function __fish_afed_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_afed_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_afed_using_subcommand
    set -l cmd (__fish_afed_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c afed -n "__fish_afed_needs_command" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_needs_command" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_needs_command" -s V -l version -d 'Print version'
complete -c afed -n "__fish_afed_needs_command" -f -a "init" -d 'Set up the directory and the secret store, prove both, and write the configuration'
complete -c afed -n "__fish_afed_needs_command" -f -a "login" -d 'Log in to Crowd and keep the session'
complete -c afed -n "__fish_afed_needs_command" -f -a "logout" -d 'End the session at Crowd and forget it here'
complete -c afed -n "__fish_afed_needs_command" -f -a "whoami" -d 'Say who you are to the directory and what is open to you'
complete -c afed -n "__fish_afed_needs_command" -f -a "account" -d 'Manage accounts: the keys and roles that connectors sign with'
complete -c afed -n "__fish_afed_needs_command" -f -a "connector" -d 'Manage connectors: who gets which temporary credentials'
complete -c afed -n "__fish_afed_needs_command" -f -a "policy" -d 'Write policies: examples, their faults, and what a connector needs'
complete -c afed -n "__fish_afed_needs_command" -f -a "creds" -d 'Print temporary credentials of a connector'
complete -c afed -n "__fish_afed_needs_command" -f -a "console" -d 'Sign in to the AWS Management Console'
complete -c afed -n "__fish_afed_needs_command" -f -a "profile" -d 'Manage the profiles through which AWS tools call afed'
complete -c afed -n "__fish_afed_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c afed -n "__fish_afed_using_subcommand init" -l directory -d 'Who says who people are [default: asked for]' -r -f -a "crowd\t'Atlassian Crowd, or Jira acting as a Crowd server'
os\t'The users and groups of this machine'"
complete -c afed -n "__fish_afed_using_subcommand init" -l crowd-url -d 'Crowd\'s base URL, such as https://crowd.example.com/crowd [default: asked for]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l application -d 'The name of the application that afed is to Crowd [default: asked for]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l admin-group -d 'A group of administrators, who may use every connector [default: asked for] [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l secret-store -d 'Where secrets rest [default: auto, the keyring of this platform]' -r -f -a "auto\t'The keyring of the platform; no other when it fails'
secret-service\t'The Secret Service on the D-Bus session bus (GNOME Keyring, KWallet, KeePassXC)'
keychain\t'The login keychain of macOS'
credential-manager\t'The Credential Manager of Windows'
keyutils\t'The Linux kernel\'s keyring of this user, empty after a restart of the machine'
file\t'A file encrypted with a passphrase'"
complete -c afed -n "__fish_afed_using_subcommand init" -l passphrase-file -d 'Take the passphrase of an encrypted secret file from this file [default: asked for at each use]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l passphrase-fd -d 'Take the passphrase of an encrypted secret file from this file descriptor [default: asked for at each use]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l passphrase-credential -d 'Take the passphrase of an encrypted secret file from this systemd credential [default: asked for at each use]' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l ca-bundle -d 'Trust the PEM certificates in this file in place of the system\'s' -r
complete -c afed -n "__fish_afed_using_subcommand init" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand init" -l application-password-stdin -d 'Read the application\'s password from standard input [default: asked for]'
complete -c afed -n "__fish_afed_using_subcommand init" -l no-admin-groups -d 'Have no administrators'
complete -c afed -n "__fish_afed_using_subcommand init" -l allow-http -d 'Allow http without TLS to another machine, passwords readable on the way'
complete -c afed -n "__fish_afed_using_subcommand init" -l password-only -d 'Store a new password of the application and change nothing else'
complete -c afed -n "__fish_afed_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand login" -l user -d 'The user name at Crowd [default: asked for]' -r
complete -c afed -n "__fish_afed_using_subcommand login" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand login" -l password-stdin -d 'Read the password from standard input [default: asked for]'
complete -c afed -n "__fish_afed_using_subcommand login" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand logout" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand logout" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand whoami" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand whoami" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand whoami" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "create" -d 'Add the long-term key of an IAM user, or the role of this host; it is proved before anything is saved'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "import" -d 'Add the long-term key of a profile in AWS\'s credentials file, and remove it there if that is wanted'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "list" -d 'List the accounts'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "show" -d 'Show an account and the connectors that use it'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "edit" -d 'Give an account another key or MFA device, for all connectors that use it; a key is proved before anything is replaced'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "delete" -d 'Delete an account that no connector uses, and its secret'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "check" -d 'Prove an account: its settings, its secret, and what AWS says of its key'
complete -c afed -n "__fish_afed_using_subcommand account; and not __fish_seen_subcommand_from create import list show edit delete check rotate" -f -a "rotate" -d 'Replace an account\'s key by a new one'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l type -d 'What kind of account it is' -r -f -a "access-key\t'The long-term key of an IAM user'
instance-role\t'The role of the EC2 instance or the container that afed runs in'"
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l access-key-id -d 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l region -d 'The region whose STS proves it' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l mfa-serial -d 'The MFA device of the key\'s user, of which a code is asked for where AWS takes one: an ARN, or a token\'s serial number' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l mfa-process -d 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l secret-access-key-stdin -d 'Read the secret of the key from standard input [default: asked for]'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l skip-verify -d 'Save it without asking AWS whose it is'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -l secret-only -d 'Store the secret of an account that is configured already, and change nothing else'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -l as -d 'What the account shall be called [default: as the profile]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -l region -d 'The region whose STS proves it [default: the profile\'s, else us-east-1]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -l remove -d 'Remove the key from AWS\'s file once it is stored [default: asked for]'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -l keep -d 'Keep the key in AWS\'s file'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l access-key-id -d 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l region -d 'The region whose STS proves it' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l mfa-serial -d 'The MFA device of the key\'s user, of which a code is asked for where AWS takes one: an ARN, or a token\'s serial number' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l mfa-process -d 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l clear -d 'A key that it shall be without [may be repeated]' -r -f -a "mfa_serial\t'The MFA device, with the program that prints its codes'
mfa_process\t''"
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l secret-access-key-stdin -d 'Read the secret of the key from standard input [default: asked for]'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l skip-verify -d 'Save it without asking AWS whose it is'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -l other-aws-account -d 'Let it be of another AWS account than before'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from delete" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from delete" -l yes -d 'Do not ask whether it is meant'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from check" -l region -d 'The region whose STS is asked' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from check" -l mfa-code -d 'A code of the account\'s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from check" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from check" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from rotate" -l region -d 'A region of the key\'s partition' -r
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from rotate" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from rotate" -l yes -d 'Do it without asking'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from rotate" -l keep-old -d 'Only deactivate the old key; the next run deletes it'
complete -c afed -n "__fish_afed_using_subcommand account; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "create" -d 'Add a connector: an account, a principal type, and the groups it is open to'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "list" -d 'List the connectors, to whom each is open, and why it is open to you'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "show" -d 'Show a connector'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "edit" -d 'Change a connector; its rules are checked before anything is written'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "rename" -d 'Give a connector another name'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "delete" -d 'Delete a connector'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "check" -d 'Prove a connector: its settings, who you are, whether it is open to you, and that AWS gives credentials'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "import" -d 'Add the connectors that a JSON file describes: all of them, or none'
complete -c afed -n "__fish_afed_using_subcommand connector; and not __fish_seen_subcommand_from create list show edit rename delete check import export" -f -a "export" -d 'Print connectors as JSON, for afed connector import'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l account -d 'The account whose key signs' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l principal -d 'What kind of credentials it gives' -r -f -a "assume-role\t'A role, through AssumeRole'
federated-user\t'A federated user of the account, through GetFederationToken'
session-token\t'The account\'s own IAM user for a while, through GetSessionToken'
provided\t'The role of this host as it is, handed on'"
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l role-arn -d 'The role to assume' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l external-id -d 'The external id that the role\'s trust policy asks for' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l group -d 'A group whose members may use it [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l duration -d 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l region -d 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role\'s partition]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l policy-file -d 'A file with an inline session policy, read at each use; see afed policy examples' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l policy-arn -d 'The ARN of a managed session policy [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l tag -d 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l transitive-tag -d 'A tag that further roles keep [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l source-identity -d 'The source identity that CloudTrail records; may name {user.name} or {user.email}' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l administrators-only -d 'Open it to administrators only'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l system-scope -d 'Open it to the system too: afed creds NAME --system, with no person'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -l omit-policy -d 'Give a federated user no policy at all: only what resource policies grant'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from show" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l account -d 'The account whose key signs' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l principal -d 'What kind of credentials it gives' -r -f -a "assume-role\t'A role, through AssumeRole'
federated-user\t'A federated user of the account, through GetFederationToken'
session-token\t'The account\'s own IAM user for a while, through GetSessionToken'
provided\t'The role of this host as it is, handed on'"
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l role-arn -d 'The role to assume' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l external-id -d 'The external id that the role\'s trust policy asks for' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l group -d 'A group whose members may use it [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l duration -d 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l region -d 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role\'s partition]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l policy-file -d 'A file with an inline session policy, read at each use; see afed policy examples' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l policy-arn -d 'The ARN of a managed session policy [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l tag -d 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l transitive-tag -d 'A tag that further roles keep [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l source-identity -d 'The source identity that CloudTrail records; may name {user.name} or {user.email}' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l clear -d 'A key that it shall be without [may be repeated]' -r -f -a "role_arn\t''
external_id\t''
system_scope\t''
duration\t''
region\t''
policy\t'The inline policy, also where it is in a file'
policy_arns\t''
omit_policy\t''
tags\t''
transitive_tags\t''
source_identity\t''"
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l administrators-only -d 'Open it to administrators only'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l system-scope -d 'Open it to the system too: afed creds NAME --system, with no person'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -l omit-policy -d 'Give a federated user no policy at all: only what resource policies grant'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from rename" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from delete" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from delete" -l yes -d 'Do not ask whether it is meant'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from check" -l mfa-code -d 'A code of the account\'s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from check" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from check" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l account -d 'The account of every connector that no --map is about [default: the one that accountId names]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l map -d 'The account that stands for an accountId [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l rename -d 'Another name for a connector of the file [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l ignore -d 'Leave a field out that is not known here [may be repeated]' -r
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l fit-names -d 'Make names fit that afed does not take: “Deploy to prod” becomes Deploy-to-prod'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l no-system-scope -d 'Do not open connectors of the scope SYSTEM to the system (afed creds NAME --system)'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l replace -d 'Change connectors that are there already, where they differ'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -l dry-run -d 'Print the tables that would be written, and write nothing'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from export" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from export" -l all -d 'All of them'
complete -c afed -n "__fish_afed_using_subcommand connector; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand policy; and not __fish_seen_subcommand_from examples check needed" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand policy; and not __fish_seen_subcommand_from examples check needed" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand policy; and not __fish_seen_subcommand_from examples check needed" -f -a "examples" -d 'List session policies to start from, or print one'
complete -c afed -n "__fish_afed_using_subcommand policy; and not __fish_seen_subcommand_from examples check needed" -f -a "check" -d 'Say what is wrong with a session policy'
complete -c afed -n "__fish_afed_using_subcommand policy; and not __fish_seen_subcommand_from examples check needed" -f -a "needed" -d 'Print the IAM policies that a connector needs: its user\'s, and its role\'s trust policy'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from examples" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from examples" -l json -d 'List them in JSON'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from examples" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from check" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from check" -l json -d 'Answer in JSON: a list of findings with severity, line, column, pointer and message'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -l identity -d 'Print the policy of the key\'s user only'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -l trust -d 'Print the role\'s trust policy only'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -l json -d 'Answer in JSON: an object with identity_policy and trust_policy'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -l online -d 'Ask AWS whose key it is, and let the role trust that user alone'
complete -c afed -n "__fish_afed_using_subcommand policy; and __fish_seen_subcommand_from needed" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand creds" -l duration -d 'How long they live: 15m at least, and at most as long as the connector says [default: the connector\'s]' -r
complete -c afed -n "__fish_afed_using_subcommand creds" -l policy-file -d 'Leave only what the policy in this file allows too' -r -F
complete -c afed -n "__fish_afed_using_subcommand creds" -l policy-arn -d 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies' -r
complete -c afed -n "__fish_afed_using_subcommand creds" -l mfa-code -d 'A code of the account\'s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]' -r
complete -c afed -n "__fish_afed_using_subcommand creds" -l format -d 'How to print them' -r -f -a "auto\t'Export lines for the shell that called'
bash\t'Export lines for bash and other POSIX shells'
zsh\t'Export lines for zsh'
fish\t'Lines that set variables in fish'
powershell\t'Lines that set variables in PowerShell'
cmd\t'Lines that set variables in the Windows command prompt'
nushell\t'Lines that set variables in Nushell'
json\t'One JSON object for scripts, with the connector and the person'
process\t'The JSON object that AWS tools read through credential_process'
ini\t'A section for the AWS credentials file'
dotenv\t'A file for docker --env-file and the dotenv libraries'"
complete -c afed -n "__fish_afed_using_subcommand creds" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand creds" -l system -d 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory'
complete -c afed -n "__fish_afed_using_subcommand creds" -l read-only -d 'Leave only what AWS\'s own ReadOnlyAccess allows too; not where the connector has policies'
complete -c afed -n "__fish_afed_using_subcommand creds" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand console" -l service -d 'Open this service, such as s3 [default: the console\'s front page]' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l destination -d 'Open this page of the console' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l region -d 'The region to open the console in [default: the connector\'s]' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l duration -d 'How long the console session lives, for a role that a long-term key assumes: 15m to 12h [default: session_duration of the configuration, else as long as the credentials]' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l policy-file -d 'Leave only what the policy in this file allows too' -r -F
complete -c afed -n "__fish_afed_using_subcommand console" -l policy-arn -d 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l mfa-code -d 'A code of the account\'s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]' -r
complete -c afed -n "__fish_afed_using_subcommand console" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand console" -l read-only -d 'Leave only what AWS\'s own ReadOnlyAccess allows too; not where the connector has policies'
complete -c afed -n "__fish_afed_using_subcommand console" -l print -d 'Print the link and open no browser'
complete -c afed -n "__fish_afed_using_subcommand console" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c afed -n "__fish_afed_using_subcommand profile; and not __fish_seen_subcommand_from add list remove" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand profile; and not __fish_seen_subcommand_from add list remove" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand profile; and not __fish_seen_subcommand_from add list remove" -f -a "add" -d 'Add a profile whose credentials come from a connector'
complete -c afed -n "__fish_afed_using_subcommand profile; and not __fish_seen_subcommand_from add list remove" -f -a "list" -d 'List the profiles whose credentials come from afed'
complete -c afed -n "__fish_afed_using_subcommand profile; and not __fish_seen_subcommand_from add list remove" -f -a "remove" -d 'Remove a profile whose credentials come from afed'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from add" -l connector -d 'The connector that gives the credentials [default: the one named as the profile]' -r
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from add" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from add" -l system -d 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from add" -l force -d 'Overwrite a profile that afed did not write'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from remove" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from remove" -l force -d 'Remove it even if afed did not write it'
complete -c afed -n "__fish_afed_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c afed -n "__fish_afed_using_subcommand completions" -l config -d 'Read this configuration file in place of the person\'s own [env: AFED_CONFIG]' -r -F
complete -c afed -n "__fish_afed_using_subcommand completions" -s h -l help -d 'Print help'

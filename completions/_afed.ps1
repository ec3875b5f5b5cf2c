
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'afed' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'afed'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'afed' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Set up the directory and the secret store, prove both, and write the configuration')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to Crowd and keep the session')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End the session at Crowd and forget it here')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Say who you are to the directory and what is open to you')
            [CompletionResult]::new('account', 'account', [CompletionResultType]::ParameterValue, 'Manage accounts: the keys that connectors sign with')
            [CompletionResult]::new('connector', 'connector', [CompletionResultType]::ParameterValue, 'Manage connectors: who gets which temporary credentials')
            [CompletionResult]::new('creds', 'creds', [CompletionResultType]::ParameterValue, 'Print temporary credentials of a connector')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'Manage the profiles through which AWS tools call afed')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            break
        }
        'afed;init' {
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Who says who people are [default: asked for]')
            [CompletionResult]::new('--crowd-url', '--crowd-url', [CompletionResultType]::ParameterName, 'Crowd''s base URL, such as https://crowd.example.com/crowd [default: asked for]')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The name of the application that afed is to Crowd [default: asked for]')
            [CompletionResult]::new('--admin-group', '--admin-group', [CompletionResultType]::ParameterName, 'A group of administrators, who may use every connector [default: asked for] [may be repeated]')
            [CompletionResult]::new('--secret-store', '--secret-store', [CompletionResultType]::ParameterName, 'Where secrets rest [default: auto, the keyring of this platform]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Take the passphrase of an encrypted secret file from this file [default: asked for at each use]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Take the passphrase of an encrypted secret file from this file descriptor [default: asked for at each use]')
            [CompletionResult]::new('--passphrase-credential', '--passphrase-credential', [CompletionResultType]::ParameterName, 'Take the passphrase of an encrypted secret file from this systemd credential [default: asked for at each use]')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Trust the PEM certificates in this file in place of the system''s')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--application-password-stdin', '--application-password-stdin', [CompletionResultType]::ParameterName, 'Read the application''s password from standard input [default: asked for]')
            [CompletionResult]::new('--no-admin-groups', '--no-admin-groups', [CompletionResultType]::ParameterName, 'Have no administrators')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow http without TLS to another machine, passwords readable on the way')
            [CompletionResult]::new('--password-only', '--password-only', [CompletionResultType]::ParameterName, 'Store a new password of the application and change nothing else')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;login' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user name at Crowd [default: asked for]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input [default: asked for]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;logout' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;whoami' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;account' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Add the long-term key of an IAM user; it is proved before anything is saved')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an account and the connectors that use it')
            break
        }
        'afed;account;create' {
            [CompletionResult]::new('--access-key-id', '--access-key-id', [CompletionResultType]::ParameterName, 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS proves the key')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--secret-access-key-stdin', '--secret-access-key-stdin', [CompletionResultType]::ParameterName, 'Read the secret of the key from standard input [default: asked for]')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Save the key without asking AWS whose it is')
            [CompletionResult]::new('--secret-only', '--secret-only', [CompletionResultType]::ParameterName, 'Store the secret of an account that is configured already, and change nothing else')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;account;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;account;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Add a connector: an account, a principal type, and the groups it is open to')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the connectors and to whom each is open')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a connector')
            break
        }
        'afed;connector;create' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account whose key signs [default: asked for]')
            [CompletionResult]::new('--principal', '--principal', [CompletionResultType]::ParameterName, 'What kind of credentials it gives [default: asked for]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role to assume [default: asked for]')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the role''s trust policy asks for')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group whose members may use it [default: asked for] [may be repeated]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with an inline session policy, read at each use')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'The ARN of a managed session policy [may be repeated]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that further roles keep [may be repeated]')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'The source identity that CloudTrail records; may name {user.name} or {user.email}')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--administrators-only', '--administrators-only', [CompletionResultType]::ParameterName, 'Open it to administrators only')
            [CompletionResult]::new('--omit-policy', '--omit-policy', [CompletionResultType]::ParameterName, 'Give a federated user no policy at all: only what resource policies grant')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;creds' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print them')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;profile' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a profile whose credentials come from a connector')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles whose credentials come from afed')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile whose credentials come from afed')
            break
        }
        'afed;profile;add' {
            [CompletionResult]::new('--connector', '--connector', [CompletionResultType]::ParameterName, 'The connector that gives the credentials [default: the one named as the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite a profile that afed did not write')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;profile;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;profile;remove' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove it even if afed did not write it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;completions' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}


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
            [CompletionResult]::new('account', 'account', [CompletionResultType]::ParameterValue, 'Manage accounts: the keys and roles that connectors sign with')
            [CompletionResult]::new('connector', 'connector', [CompletionResultType]::ParameterValue, 'Manage connectors: who gets which temporary credentials')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Write policies: examples, their faults, and what a connector needs')
            [CompletionResult]::new('creds', 'creds', [CompletionResultType]::ParameterValue, 'Print temporary credentials of a connector')
            [CompletionResult]::new('console', 'console', [CompletionResultType]::ParameterValue, 'Sign in to the AWS Management Console')
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
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Add the long-term key of an IAM user, or the role of this host; it is proved before anything is saved')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Add the long-term key of a profile in AWS''s credentials file, and remove it there if that is wanted')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an account and the connectors that use it')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Give an account another key or MFA device, for all connectors that use it; a key is proved before anything is replaced')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an account that no connector uses, and its secret')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Prove an account: its settings, its secret, and what AWS says of its key')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace an account''s key by a new one')
            break
        }
        'afed;account;create' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'What kind of account it is')
            [CompletionResult]::new('--access-key-id', '--access-key-id', [CompletionResultType]::ParameterName, 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS proves it')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device of the key''s user, of which a code is asked for where AWS takes one: an ARN, or a token''s serial number')
            [CompletionResult]::new('--mfa-process', '--mfa-process', [CompletionResultType]::ParameterName, 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--secret-access-key-stdin', '--secret-access-key-stdin', [CompletionResultType]::ParameterName, 'Read the secret of the key from standard input [default: asked for]')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Save it without asking AWS whose it is')
            [CompletionResult]::new('--secret-only', '--secret-only', [CompletionResultType]::ParameterName, 'Store the secret of an account that is configured already, and change nothing else')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;account;import' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'What the account shall be called [default: as the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS proves it [default: the profile''s, else us-east-1]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Remove the key from AWS''s file once it is stored [default: asked for]')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the key in AWS''s file')
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
        'afed;account;edit' {
            [CompletionResult]::new('--access-key-id', '--access-key-id', [CompletionResultType]::ParameterName, 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS proves it')
            [CompletionResult]::new('--mfa-serial', '--mfa-serial', [CompletionResultType]::ParameterName, 'The MFA device of the key''s user, of which a code is asked for where AWS takes one: an ARN, or a token''s serial number')
            [CompletionResult]::new('--mfa-process', '--mfa-process', [CompletionResultType]::ParameterName, 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'A key that it shall be without [may be repeated]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--secret-access-key-stdin', '--secret-access-key-stdin', [CompletionResultType]::ParameterName, 'Read the secret of the key from standard input [default: asked for]')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Save it without asking AWS whose it is')
            [CompletionResult]::new('--other-aws-account', '--other-aws-account', [CompletionResultType]::ParameterName, 'Let it be of another AWS account than before')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;account;delete' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask whether it is meant')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;account;check' {
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS is asked')
            [CompletionResult]::new('--mfa-code', '--mfa-code', [CompletionResultType]::ParameterName, 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;account;rotate' {
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'A region of the key''s partition')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--keep-old', '--keep-old', [CompletionResultType]::ParameterName, 'Only deactivate the old key; the next run deletes it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Add a connector: an account, a principal type, and the groups it is open to')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the connectors, to whom each is open, and why it is open to you')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a connector')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a connector; its rules are checked before anything is written')
            [CompletionResult]::new('rename', 'rename', [CompletionResultType]::ParameterValue, 'Give a connector another name')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a connector')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Prove a connector: its settings, who you are, whether it is open to you, and that AWS gives credentials')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Add the connectors that a JSON file describes: all of them, or none')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print connectors as JSON, for afed connector import')
            break
        }
        'afed;connector;create' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account whose key signs')
            [CompletionResult]::new('--principal', '--principal', [CompletionResultType]::ParameterName, 'What kind of credentials it gives')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role to assume')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the role''s trust policy asks for')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group whose members may use it [may be repeated]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with an inline session policy, read at each use; see afed policy examples')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'The ARN of a managed session policy [may be repeated]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that further roles keep [may be repeated]')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'The source identity that CloudTrail records; may name {user.name} or {user.email}')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--administrators-only', '--administrators-only', [CompletionResultType]::ParameterName, 'Open it to administrators only')
            [CompletionResult]::new('--system-scope', '--system-scope', [CompletionResultType]::ParameterName, 'Open it to the system too: afed creds NAME --system, with no person')
            [CompletionResult]::new('--omit-policy', '--omit-policy', [CompletionResultType]::ParameterName, 'Give a federated user no policy at all: only what resource policies grant')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector;edit' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account whose key signs')
            [CompletionResult]::new('--principal', '--principal', [CompletionResultType]::ParameterName, 'What kind of credentials it gives')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'The role to assume')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'The external id that the role''s trust policy asks for')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group whose members may use it [may be repeated]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'A file with an inline session policy, read at each use; see afed policy examples')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'The ARN of a managed session policy [may be repeated]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'A tag that further roles keep [may be repeated]')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'The source identity that CloudTrail records; may name {user.name} or {user.email}')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'A key that it shall be without [may be repeated]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--administrators-only', '--administrators-only', [CompletionResultType]::ParameterName, 'Open it to administrators only')
            [CompletionResult]::new('--system-scope', '--system-scope', [CompletionResultType]::ParameterName, 'Open it to the system too: afed creds NAME --system, with no person')
            [CompletionResult]::new('--omit-policy', '--omit-policy', [CompletionResultType]::ParameterName, 'Give a federated user no policy at all: only what resource policies grant')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector;rename' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector;delete' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask whether it is meant')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector;check' {
            [CompletionResult]::new('--mfa-code', '--mfa-code', [CompletionResultType]::ParameterName, 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'afed;connector;import' {
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account of every connector that no --map is about [default: the one that accountId names]')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'The account that stands for an accountId [may be repeated]')
            [CompletionResult]::new('--rename', '--rename', [CompletionResultType]::ParameterName, 'Another name for a connector of the file [may be repeated]')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave a field out that is not known here [may be repeated]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--fit-names', '--fit-names', [CompletionResultType]::ParameterName, 'Make names fit that afed does not take: “Deploy to prod” becomes Deploy-to-prod')
            [CompletionResult]::new('--no-system-scope', '--no-system-scope', [CompletionResultType]::ParameterName, 'Do not open connectors of the scope SYSTEM to the system (afed creds NAME --system)')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Change connectors that are there already, where they differ')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the tables that would be written, and write nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;connector;export' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of them')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;policy' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('examples', 'examples', [CompletionResultType]::ParameterValue, 'List session policies to start from, or print one')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say what is wrong with a session policy')
            [CompletionResult]::new('needed', 'needed', [CompletionResultType]::ParameterValue, 'Print the IAM policies that a connector needs: its user''s, and its role''s trust policy')
            break
        }
        'afed;policy;examples' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'List them in JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;policy;check' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON: a list of findings with severity, line, column, pointer and message')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;policy;needed' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Print the policy of the key''s user only')
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Print the role''s trust policy only')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Answer in JSON: an object with identity_policy and trust_policy')
            [CompletionResult]::new('--online', '--online', [CompletionResultType]::ParameterName, 'Ask AWS whose key it is, and let the role trust that user alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;creds' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long they live: 15m at least, and at most as long as the connector says [default: the connector''s]')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'Leave only what the policy in this file allows too')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies')
            [CompletionResult]::new('--mfa-code', '--mfa-code', [CompletionResultType]::ParameterName, 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print them')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Leave only what AWS''s own ReadOnlyAccess allows too; not where the connector has policies')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'afed;console' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Open this service, such as s3 [default: the console''s front page]')
            [CompletionResult]::new('--destination', '--destination', [CompletionResultType]::ParameterName, 'Open this page of the console')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region to open the console in [default: the connector''s]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the console session lives, for a role that a long-term key assumes: 15m to 12h [default: session_duration of the configuration, else as long as the credentials]')
            [CompletionResult]::new('--policy-file', '--policy-file', [CompletionResultType]::ParameterName, 'Leave only what the policy in this file allows too')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies')
            [CompletionResult]::new('--mfa-code', '--mfa-code', [CompletionResultType]::ParameterName, 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Leave only what AWS''s own ReadOnlyAccess allows too; not where the connector has policies')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the link and open no browser')
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
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory')
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


use builtin;
use str;

set edit:completion:arg-completer[afed] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'afed'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'afed'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Set up the directory and the secret store, prove both, and write the configuration'
            cand login 'Log in to Crowd and keep the session'
            cand logout 'End the session at Crowd and forget it here'
            cand whoami 'Say who you are to the directory and what is open to you'
            cand account 'Manage accounts: the keys and roles that connectors sign with'
            cand connector 'Manage connectors: who gets which temporary credentials'
            cand policy 'Write policies: examples, their faults, and what a connector needs'
            cand creds 'Print temporary credentials of a connector'
            cand console 'Sign in to the AWS Management Console'
            cand profile 'Manage the profiles through which AWS tools call afed'
            cand completions 'Print the completion script of a shell'
        }
        &'afed;init'= {
            cand --directory 'Who says who people are [default: asked for]'
            cand --crowd-url 'Crowd''s base URL, such as https://crowd.example.com/crowd [default: asked for]'
            cand --application 'The name of the application that afed is to Crowd [default: asked for]'
            cand --admin-group 'A group of administrators, who may use every connector [default: asked for] [may be repeated]'
            cand --secret-store 'Where secrets rest [default: auto, the keyring of this platform]'
            cand --passphrase-file 'Take the passphrase of an encrypted secret file from this file [default: asked for at each use]'
            cand --passphrase-fd 'Take the passphrase of an encrypted secret file from this file descriptor [default: asked for at each use]'
            cand --passphrase-credential 'Take the passphrase of an encrypted secret file from this systemd credential [default: asked for at each use]'
            cand --ca-bundle 'Trust the PEM certificates in this file in place of the system''s'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --application-password-stdin 'Read the application''s password from standard input [default: asked for]'
            cand --no-admin-groups 'Have no administrators'
            cand --allow-http 'Allow http without TLS to another machine, passwords readable on the way'
            cand --password-only 'Store a new password of the application and change nothing else'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;login'= {
            cand --user 'The user name at Crowd [default: asked for]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --password-stdin 'Read the password from standard input [default: asked for]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;logout'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;whoami'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;account'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand create 'Add the long-term key of an IAM user, or the role of this host; it is proved before anything is saved'
            cand import 'Add the long-term key of a profile in AWS''s credentials file, and remove it there if that is wanted'
            cand list 'List the accounts'
            cand show 'Show an account and the connectors that use it'
            cand edit 'Give an account another key or MFA device, for all connectors that use it; a key is proved before anything is replaced'
            cand delete 'Delete an account that no connector uses, and its secret'
            cand check 'Prove an account: its settings, its secret, and what AWS says of its key'
            cand rotate 'Replace an account''s key by a new one'
        }
        &'afed;account;create'= {
            cand --type 'What kind of account it is'
            cand --access-key-id 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]'
            cand --region 'The region whose STS proves it'
            cand --mfa-serial 'The MFA device of the key''s user, of which a code is asked for where AWS takes one: an ARN, or a token''s serial number'
            cand --mfa-process 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --secret-access-key-stdin 'Read the secret of the key from standard input [default: asked for]'
            cand --skip-verify 'Save it without asking AWS whose it is'
            cand --secret-only 'Store the secret of an account that is configured already, and change nothing else'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;account;import'= {
            cand --as 'What the account shall be called [default: as the profile]'
            cand --region 'The region whose STS proves it [default: the profile''s, else us-east-1]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --remove 'Remove the key from AWS''s file once it is stored [default: asked for]'
            cand --keep 'Keep the key in AWS''s file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;account;list'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;account;show'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;account;edit'= {
            cand --access-key-id 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]'
            cand --region 'The region whose STS proves it'
            cand --mfa-serial 'The MFA device of the key''s user, of which a code is asked for where AWS takes one: an ARN, or a token''s serial number'
            cand --mfa-process 'The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a person is asked]'
            cand --clear 'A key that it shall be without [may be repeated]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --secret-access-key-stdin 'Read the secret of the key from standard input [default: asked for]'
            cand --skip-verify 'Save it without asking AWS whose it is'
            cand --other-aws-account 'Let it be of another AWS account than before'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;account;delete'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --yes 'Do not ask whether it is meant'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;account;check'= {
            cand --region 'The region whose STS is asked'
            cand --mfa-code 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;account;rotate'= {
            cand --region 'A region of the key''s partition'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --yes 'Do it without asking'
            cand --keep-old 'Only deactivate the old key; the next run deletes it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand create 'Add a connector: an account, a principal type, and the groups it is open to'
            cand list 'List the connectors, to whom each is open, and why it is open to you'
            cand show 'Show a connector'
            cand edit 'Change a connector; its rules are checked before anything is written'
            cand rename 'Give a connector another name'
            cand delete 'Delete a connector'
            cand check 'Prove a connector: its settings, who you are, whether it is open to you, and that AWS gives credentials'
            cand import 'Add the connectors that a JSON file describes: all of them, or none'
            cand export 'Print connectors as JSON, for afed connector import'
        }
        &'afed;connector;create'= {
            cand --account 'The account whose key signs'
            cand --principal 'What kind of credentials it gives'
            cand --role-arn 'The role to assume'
            cand --external-id 'The external id that the role''s trust policy asks for'
            cand --group 'A group whose members may use it [may be repeated]'
            cand --duration 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]'
            cand --region 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]'
            cand --policy-file 'A file with an inline session policy, read at each use; see afed policy examples'
            cand --policy-arn 'The ARN of a managed session policy [may be repeated]'
            cand --tag 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]'
            cand --transitive-tag 'A tag that further roles keep [may be repeated]'
            cand --source-identity 'The source identity that CloudTrail records; may name {user.name} or {user.email}'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --administrators-only 'Open it to administrators only'
            cand --system-scope 'Open it to the system too: afed creds NAME --system, with no person'
            cand --omit-policy 'Give a federated user no policy at all: only what resource policies grant'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector;list'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector;show'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;connector;edit'= {
            cand --account 'The account whose key signs'
            cand --principal 'What kind of credentials it gives'
            cand --role-arn 'The role to assume'
            cand --external-id 'The external id that the role''s trust policy asks for'
            cand --group 'A group whose members may use it [may be repeated]'
            cand --duration 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]'
            cand --region 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]'
            cand --policy-file 'A file with an inline session policy, read at each use; see afed policy examples'
            cand --policy-arn 'The ARN of a managed session policy [may be repeated]'
            cand --tag 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]'
            cand --transitive-tag 'A tag that further roles keep [may be repeated]'
            cand --source-identity 'The source identity that CloudTrail records; may name {user.name} or {user.email}'
            cand --clear 'A key that it shall be without [may be repeated]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --administrators-only 'Open it to administrators only'
            cand --system-scope 'Open it to the system too: afed creds NAME --system, with no person'
            cand --omit-policy 'Give a federated user no policy at all: only what resource policies grant'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector;rename'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;connector;delete'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --yes 'Do not ask whether it is meant'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;connector;check'= {
            cand --mfa-code 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;connector;import'= {
            cand --account 'The account of every connector that no --map is about [default: the one that accountId names]'
            cand --map 'The account that stands for an accountId [may be repeated]'
            cand --rename 'Another name for a connector of the file [may be repeated]'
            cand --ignore 'Leave a field out that is not known here [may be repeated]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --fit-names 'Make names fit that afed does not take: “Deploy to prod” becomes Deploy-to-prod'
            cand --no-system-scope 'Do not open connectors of the scope SYSTEM to the system (afed creds NAME --system)'
            cand --replace 'Change connectors that are there already, where they differ'
            cand --dry-run 'Print the tables that would be written, and write nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector;export'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --all 'All of them'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;policy'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand examples 'List session policies to start from, or print one'
            cand check 'Say what is wrong with a session policy'
            cand needed 'Print the IAM policies that a connector needs: its user''s, and its role''s trust policy'
        }
        &'afed;policy;examples'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'List them in JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;policy;check'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON: a list of findings with severity, line, column, pointer and message'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;policy;needed'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --identity 'Print the policy of the key''s user only'
            cand --trust 'Print the role''s trust policy only'
            cand --json 'Answer in JSON: an object with identity_policy and trust_policy'
            cand --online 'Ask AWS whose key it is, and let the role trust that user alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;creds'= {
            cand --duration 'How long they live: 15m at least, and at most as long as the connector says [default: the connector''s]'
            cand --policy-file 'Leave only what the policy in this file allows too'
            cand --policy-arn 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies'
            cand --mfa-code 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]'
            cand --format 'How to print them'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --system 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory'
            cand --read-only 'Leave only what AWS''s own ReadOnlyAccess allows too; not where the connector has policies'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;console'= {
            cand --service 'Open this service, such as s3 [default: the console''s front page]'
            cand --destination 'Open this page of the console'
            cand --region 'The region to open the console in [default: the connector''s]'
            cand --duration 'How long the console session lives, for a role that a long-term key assumes: 15m to 12h [default: session_duration of the configuration, else as long as the credentials]'
            cand --policy-file 'Leave only what the policy in this file allows too'
            cand --policy-arn 'Leave only what this managed policy allows too, of several what any of them allows; not where the connector has policies'
            cand --mfa-code 'A code of the account''s MFA device, should one be needed; it is good once, so others may see it here [default: from mfa_process, or asked for at the terminal]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --read-only 'Leave only what AWS''s own ReadOnlyAccess allows too; not where the connector has policies'
            cand --print 'Print the link and open no browser'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;profile'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand add 'Add a profile whose credentials come from a connector'
            cand list 'List the profiles whose credentials come from afed'
            cand remove 'Remove a profile whose credentials come from afed'
        }
        &'afed;profile;add'= {
            cand --connector 'The connector that gives the credentials [default: the one named as the profile]'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --system 'Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory'
            cand --force 'Overwrite a profile that afed did not write'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;profile;list'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;profile;remove'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --force 'Remove it even if afed did not write it'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;completions'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}

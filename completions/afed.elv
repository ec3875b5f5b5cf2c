
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
            cand account 'Manage accounts: the keys that connectors sign with'
            cand connector 'Manage connectors: who gets which temporary credentials'
            cand creds 'Print temporary credentials of a connector'
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
            cand create 'Add the long-term key of an IAM user; it is proved before anything is saved'
            cand list 'List the accounts'
            cand show 'Show an account and the connectors that use it'
        }
        &'afed;account;create'= {
            cand --access-key-id 'The id of the key, such as AKIAIOSFODNN7EXAMPLE [default: asked for]'
            cand --region 'The region whose STS proves the key'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --secret-access-key-stdin 'Read the secret of the key from standard input [default: asked for]'
            cand --skip-verify 'Save the key without asking AWS whose it is'
            cand --secret-only 'Store the secret of an account that is configured already, and change nothing else'
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
        &'afed;connector'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand create 'Add a connector: an account, a principal type, and the groups it is open to'
            cand list 'List the connectors and to whom each is open'
            cand show 'Show a connector'
        }
        &'afed;connector;create'= {
            cand --account 'The account whose key signs [default: asked for]'
            cand --principal 'What kind of credentials it gives [default: asked for]'
            cand --role-arn 'The role to assume [default: asked for]'
            cand --external-id 'The external id that the role''s trust policy asks for'
            cand --group 'A group whose members may use it [default: asked for] [may be repeated]'
            cand --duration 'How long its credentials live, such as 3600 or 1h30m [default: 1h for roles, 12h for the others]'
            cand --region 'The region whose STS is asked and which profiles are given [default: us-east-1, or the first of the role''s partition]'
            cand --policy-file 'A file with an inline session policy, read at each use'
            cand --policy-arn 'The ARN of a managed session policy [may be repeated]'
            cand --tag 'A session tag; the value may name {user.name}, {user.email} or {user.display_name} [may be repeated]'
            cand --transitive-tag 'A tag that further roles keep [may be repeated]'
            cand --source-identity 'The source identity that CloudTrail records; may name {user.name} or {user.email}'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --administrators-only 'Open it to administrators only'
            cand --omit-policy 'Give a federated user no policy at all: only what resource policies grant'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'afed;connector;list'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;connector;show'= {
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
            cand --json 'Answer in JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'afed;creds'= {
            cand --format 'How to print them'
            cand --config 'Read this configuration file in place of the person''s own [env: AFED_CONFIG]'
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

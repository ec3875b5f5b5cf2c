# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.

function afed-use --description 'Set credentials of a connector in this shell'
    set -l fish_trace
    set -l answer ({{afed}} creds --format fish $argv)
    or return
    switch "$answer[1]"
        case 'set -gx AWS_*'
            builtin string join \n -- $answer | builtin source
            or return
            set -g __afed_connector $AFED_CONNECTOR
            set -g __afed_arguments $argv
            builtin printf 'afed: %s until %s\n' $AFED_CONNECTOR $AWS_CREDENTIAL_EXPIRATION >&2
        case '*'
            builtin string join \n -- $answer
    end
end

function afed-refresh --description 'Ask again for what afed-use has set in this shell'
    if set -q __afed_connector; and test "$__afed_connector" = "$AFED_CONNECTOR"
        afed-use $__afed_arguments
    else
        builtin printf '%s\n' 'error: afed-use has set nothing in this shell' '' 'hint: afed-use CONNECTOR' >&2
        return 1
    end
end

function afed-clear --description 'Take all AWS credentials out of this shell'
    set -l answer ({{afed}} creds --unset --format fish)
    or return
    builtin string join \n -- $answer | builtin source
    set -eg __afed_connector
    set -eg __afed_arguments
    return 0
end

# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.
use str

var afed-connector = ''
var afed-arguments = []

fn afed-use {|@arguments|
    var answer = ({{afed}} creds --format elvish $@arguments | slurp)
    if (str:has-prefix $answer 'set-env AWS_') {
        eval $answer
        set afed-connector = $E:AFED_CONNECTOR
        set afed-arguments = $arguments
        echo 'afed: '$E:AFED_CONNECTOR' until '$E:AWS_CREDENTIAL_EXPIRATION >&2
    } else {
        print $answer
    }
}

fn afed-refresh {
    if (and (not-eq $afed-connector '') (eq $afed-connector $E:AFED_CONNECTOR)) {
        afed-use $@afed-arguments
    } else {
        fail 'afed-use has set nothing in this shell; say: afed-use CONNECTOR'
    }
}

fn afed-clear {
    eval ({{afed}} creds --unset --format elvish | slurp)
    set afed-connector = ''
}

edit:add-var afed-use~ $afed-use~
edit:add-var afed-refresh~ $afed-refresh~
edit:add-var afed-clear~ $afed-clear~

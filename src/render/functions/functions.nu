# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.

# Set credentials of a connector in this shell
export def --env --wrapped afed-use [...arguments: string] {
    let answer = {{afed}} creds --format nushell ...$arguments
    if not ($answer | str starts-with '{"AWS_') {
        print $answer
        return
    }
    $answer | from json | load-env
    $env.AFED_USED = { connector: $env.AFED_CONNECTOR, arguments: $arguments }
    print --stderr $"afed: ($env.AFED_CONNECTOR) until ($env.AWS_CREDENTIAL_EXPIRATION)"
}

# Ask again for what afed-use has set in this shell
export def --env afed-refresh [] {
    let used = $env.AFED_USED?
    if $used == null or $used.connector != $env.AFED_CONNECTOR? {
        error make --unspanned { msg: "afed-use has set nothing in this shell", help: "afed-use CONNECTOR" }
    }
    afed-use ...$used.arguments
}

# Take all AWS credentials out of this shell
export def --env afed-clear [] {
    {{afed}} creds --unset --format nushell | from json | load-env
    $env.AFED_USED = null
}

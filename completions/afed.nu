# Completion of afed in Nushell. afed itself says what can stand at the cursor, from its configuration; nothing is asked of
# any server, and nothing of the line is run.

def "nu-complete afed" [spans: list<string>] {
    let answer = try { ^afed complete nushell -- ...$spans err> /dev/null | lines } catch { [] }
    let kind = $answer | get --optional 0 | default ""
    if $kind == "files" {
        null
    } else if ($kind | str starts-with "program ") {
        let from = $kind | str substring 8.. | into int
        let command = $spans | skip $from | str join " "
        let found = $command | commandline complete --detailed | select --optional value description
        if ($found | is-empty) { null } else { $found }
    } else {
        $answer | skip 1 | each {|line|
            let parts = $line | split row --number 2 "\t"
            { value: $parts.0, description: ($parts | get --optional 1 | default "") }
        }
    }
}

@complete "nu-complete afed"
extern "afed" [...words: string]

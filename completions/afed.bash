# Completion of afed in bash. afed itself says what can stand at the cursor, from its configuration; nothing is asked of any
# server, and nothing of the line is run.

_afed() {
    local current=$2 rest=${COMP_LINE:0:COMP_POINT} trimmed word answer='' line
    local -a words=() starts=()
    local -i index
    # Bash cuts words at : and = too. What no blank parts on the line is one word.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        trimmed=${rest#"${rest%%[![:blank:]]*}"}
        word=${COMP_WORDS[index]}
        if ((index == COMP_CWORD)); then word=$trimmed; fi
        if ((index > 0)) && [[ $trimmed == "$rest" ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
            starts+=("$index")
        fi
        rest=${trimmed#"$word"}
    done
    # What bash already has of the word, and does not want again.
    local typed=${words[${#words[@]} - 1]}
    local kept=${typed%"$current"}

    COMPREPLY=()
    {
        IFS= read -r answer
        while IFS= read -r line; do COMPREPLY+=("${line#"$kept"}"); done
    } < <(command afed complete bash -- "${words[@]}" 2>/dev/null)
    case $answer in
        files) compopt -o default 2>/dev/null ;;
        program\ *) _afed_program "$current" "${starts[${answer#program }]}" ;;
    esac
    return 0
}

# The command behind `--` is completed as it would be alone.
_afed_program() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$2"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$2"
    elif (($2 == COMP_CWORD)); then
        local line
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -c -- "$1")
    else
        compopt -o default 2>/dev/null
    fi
}

complete -F _afed afed

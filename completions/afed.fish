# Completion of afed in fish. afed itself says what can stand at the cursor, from its configuration; nothing is asked of any
# server, and nothing of the line is run.

function __afed_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -l answer (command afed complete fish -- $words (string unescape -- "$typed"; or echo "$typed") 2>/dev/null)
    switch "$answer[1]"
        case files
            set -l option (string match --regex -- '^--[^=]*=' "$typed")
            set -l path (string replace --regex -- '^--[^=]*=' '' "$typed")
            for found in (__fish_complete_path "$path")
                printf '%s%s\n' "$option" $found
            end
        case 'program *'
            set -l from (string replace 'program ' '' $answer[1])
            set -l command (string escape -- $words[(math $from + 1)..-1])
            complete --do-complete (string join ' ' -- $command "$typed")
        case words
            printf '%s\n' $answer[2..-1]
    end
end

complete --command afed --no-files --keep-order --arguments '(__afed_complete)'

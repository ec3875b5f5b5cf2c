# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.
# The shell's own options hold inside; a backslash keeps aliases out. A trace is paused while secrets are at hand.

function afed-use {
  \builtin emulate -L zsh
  \builtin setopt no_aliases no_xtrace no_verbose
  \local afed_answer
  \integer afed_status=0
  afed_answer=$({{afed}} creds --format zsh "$@") || afed_status=$?
  case $afed_status:$afed_answer in
    '0:export AWS_'*)
      \builtin eval "$afed_answer" || afed_status=$?
      \typeset -g _afed_connector=$AFED_CONNECTOR
      \typeset -ga _afed_arguments
      _afed_arguments=("$@")
      \builtin printf 'afed: %s until %s\n' "$AFED_CONNECTOR" "$AWS_CREDENTIAL_EXPIRATION" >&2
      ;;
    0:*) \builtin printf '%s\n' "$afed_answer" ;;
  esac
  \return afed_status
}

function afed-refresh {
  \builtin emulate -L zsh
  case ${_afed_connector:-/} in
    "${AFED_CONNECTOR-}") \afed-use "${_afed_arguments[@]}" ;;
    *)
      \builtin printf '%s\n' 'error: afed-use has set nothing in this shell' '' 'hint: afed-use CONNECTOR' >&2
      \return 1
      ;;
  esac
}

function afed-clear {
  \builtin emulate -L zsh
  \local afed_answer
  afed_answer=$({{afed}} creds --unset --format zsh) || \return
  \builtin eval "$afed_answer"
  \unset _afed_connector _afed_arguments
}

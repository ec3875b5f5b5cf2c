# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.
# A backslash keeps aliases out. A trace is paused while secrets are at hand, and so is a debugger.

function afed-use {
  \local afed_answer afed_status=0 afed_paused=
  case $- in *[xvT]*) afed_paused=${-//[!xvT]/} && \set +xvT ;; esac
  afed_answer=$({{afed}} creds --format bash "$@") || afed_status=$?
  case $afed_status:$afed_answer in
    '0:export AWS_'*)
      _afed_take_over "$afed_answer" || afed_status=$?
      _afed_connector=$AFED_CONNECTOR
      _afed_arguments=("$@")
      \builtin printf 'afed: %s until %s\n' "$AFED_CONNECTOR" "$AWS_CREDENTIAL_EXPIRATION" >&2
      ;;
    0:*) \builtin printf '%s\n' "$afed_answer" ;;
  esac
  case $afed_paused in ?*) \set "-$afed_paused" ;; esac
  \return "$afed_status"
}

function afed-refresh {
  case ${_afed_connector:-/} in
    "${AFED_CONNECTOR-}") \afed-use "${_afed_arguments[@]}" ;;
    *)
      \builtin printf '%s\n' 'error: afed-use has set nothing in this shell' '' 'hint: afed-use CONNECTOR' >&2
      \return 1
      ;;
  esac
}

function afed-clear {
  \local afed_answer
  afed_answer=$({{afed}} creds --unset --format bash) || \return
  _afed_take_over "$afed_answer"
  \unset -v _afed_connector _afed_arguments
}

# Lines are read without aliases, too.
function _afed_take_over {
  \local afed_status=0 afed_aliases=
  if \shopt -q expand_aliases; then afed_aliases=on && \shopt -u expand_aliases; fi
  \builtin eval "$1" || afed_status=$?
  case $afed_aliases in on) \shopt -s expand_aliases ;; esac
  \return "$afed_status"
}

# Completion of afed in elvish. afed itself says what can stand at the cursor, from its configuration; nothing is asked of
# any server, and nothing of the line is run.
use str

set edit:completion:arg-completer[afed] = {|@words|
  var answer = []
  try {
    set answer = [(e:afed complete elvish -- $@words 2>&-)]
  } catch problem { }
  if (== 0 (count $answer)) {
    nop
  } elif (eq $answer[0] files) {
    edit:complete-filename $words[-1]
  } elif (str:has-prefix $answer[0] 'program ') {
    var from = (num (str:trim-prefix $answer[0] 'program '))
    edit:complete-sudo afed (all $words[$from..])
  } else {
    for line $answer[1..] {
      var value description = (str:split &max=2 "\t" $line"\t")
      set description = (str:trim-right $description "\t")
      if (eq $description '') {
        edit:complex-candidate $value &code-suffix=' '
      } else {
        edit:complex-candidate $value &code-suffix=' ' &display=$value'  ('$description')'
      }
    }
  }
}

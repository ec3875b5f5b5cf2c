# Completion of afed in PowerShell. afed itself says what can stand at the cursor, from its configuration; nothing is asked
# of any server, and nothing of the line is run.

Register-ArgumentCompleter -Native -CommandName afed -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # The words before the cursor as they stand, or the text of a quoted one; variables and the like are not looked into.
    $words = @(foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
        else { $element.Extent.Text }
    })
    $program = Get-Command -Name afed -CommandType Application -TotalCount 1 -ErrorAction Ignore
    if ($null -eq $program) { return }
    # An empty last word does not reach a program in every PowerShell, so its place is told.
    $answer = @(& $program complete powershell --cursor $words.Count -- @words $wordToComplete 2>$null)
    if ($answer.Count -eq 0 -or $answer[0] -eq 'files') { return }
    if ($answer[0].StartsWith('program ')) {
        if ([int]$answer[0].Substring(8) -eq $words.Count) {
            [System.Management.Automation.CompletionCompleters]::CompleteCommand($wordToComplete)
        }
        return
    }
    foreach ($line in $answer[1..$answer.Count]) {
        if ([string]::IsNullOrEmpty($line)) { continue }
        $text, $value, $description = $line.Split("`t", 3)
        if ([string]::IsNullOrEmpty($description)) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
}

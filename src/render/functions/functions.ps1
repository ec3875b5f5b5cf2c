# afed-use CONNECTOR [FLAGS] sets credentials in this shell, afed-refresh asks for the same again, afed-clear takes them away.

function global:afed-use {
    $answer = ({{afed}} creds --format powershell @args) -join "`n"
    if ($LASTEXITCODE -ne 0) { return }
    if (-not $answer.StartsWith('$Env:AWS_', [StringComparison]::Ordinal)) { return $answer }
    Invoke-Expression $answer
    $global:AfedConnector = $Env:AFED_CONNECTOR
    $global:AfedArguments = $args
    [Console]::Error.WriteLine("afed: $Env:AFED_CONNECTOR until $Env:AWS_CREDENTIAL_EXPIRATION")
}

function global:afed-refresh {
    $known = Get-Variable -Name AfedConnector -Scope Global -ValueOnly -ErrorAction Ignore
    if ($known -and $known -eq $Env:AFED_CONNECTOR) {
        $arguments = $global:AfedArguments
        afed-use @arguments
    } else {
        [Console]::Error.WriteLine("error: afed-use has set nothing in this shell`n`nhint: afed-use CONNECTOR")
        $global:LASTEXITCODE = 1
    }
}

function global:afed-clear {
    $answer = ({{afed}} creds --unset --format powershell) -join "`n"
    if ($LASTEXITCODE -ne 0) { return }
    Invoke-Expression $answer
    Remove-Variable -Name AfedConnector, AfedArguments -Scope Global -ErrorAction Ignore
}

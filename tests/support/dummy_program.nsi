; What the Windows installer is tried with instead of the wallet, made by makensis as well: it writes
; down how it was started, runs until it is told to quit, and settles before it ends.

Unicode true
Target amd64-unicode
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUTPUT}"
!include FileFunc.nsh
!include LogicLib.nsh
!define NOTES "$LOCALAPPDATA\dummy"

!macro NOTE text
  FileOpen $1 "${NOTES}\notes.txt" a
  FileSeek $1 0 END
  FileWrite $1 "${VERSION} ${text}$\n"
  FileClose $1
!macroend

!macro MARK name
  FileOpen $1 "${NOTES}\${name}" w
  FileClose $1
!macroend

Section
  CreateDirectory "${NOTES}"
  ${GetParameters} $0
  !insertmacro NOTE "started with [$0]"
  ${If} $0 == "quit"
    Call Quit
  ${ElseIf} $0 == ""
    Call Live
  ${EndIf}
SectionEnd

Function Live
  !insertmacro MARK "running"
  ${ForEach} $2 1 600 + 1
    ${If} ${FileExists} "${NOTES}\quit"
      ${Break}
    ${EndIf}
    Sleep 50
  ${Next}
  Sleep 300
  !insertmacro NOTE "settled"
  Delete "${NOTES}\quit"
  Delete "${NOTES}\running"
FunctionEnd

Function Quit
  ${IfNot} ${FileExists} "${NOTES}\running"
    SetErrorLevel 3
  ${ElseIf} ${FileExists} "${NOTES}\stubborn"
    SetErrorLevel 1
  ${Else}
    !insertmacro MARK "quit"
    ${DoWhile} ${FileExists} "${NOTES}\running"
      Sleep 50
    ${Loop}
  ${EndIf}
FunctionEnd

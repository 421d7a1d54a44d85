; Wattfare's installer for Windows: for one user, without an administrator.
; packaging/windows_installer.py compiles it and says what PAYLOAD, OUTPUT and the rest are.
;
;   /S              without a window
;   /StartAtLogin   start Wattfare when its user logs in (else a box to tick)
;
; and its uninstaller
;
;   /S              without a window; the wallet stays
;   /RemoveWallet   remove the wallet, too (else a box to tick)

Unicode true
Target amd64-unicode
RequestExecutionLevel user
SetCompressor /SOLID lzma
ManifestDPIAware true
ManifestSupportedOS Win10
CRCCheck force
; A file that cannot be written ends the installation; none is ever left out.
AllowSkipFiles off

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include Integration.nsh
!include nsDialogs.nsh
!include Sections.nsh
!include WinVer.nsh

!define NAME "Wattfare"
!define FOLDER "$LOCALAPPDATA\Programs\${NAME}"
!define PROGRAM "$INSTDIR\wattfare.exe"
!define ASIDE "$INSTDIR\old"
; As wattfare_desktop/system/paths.py has it.
!define WALLET "$LOCALAPPDATA\${NAME}"
; As wattfare_desktop/system/windows.py has them.
!define SCHEME_KEY "Software\Classes\wattfare"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define RUN_NAME "${NAME}"
; Where Windows keeps what its user switched off in the Task Manager.
!define APPROVED_KEY "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

Name "${NAME}"
Caption "${NAME} ${VERSION}"
OutFile "${OUTPUT}"
InstallDir "${FOLDER}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION_NUMBERS}"
VIAddVersionKey "CompanyName" "${MAKER}"
VIAddVersionKey "FileDescription" "Installs ${NAME}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "${COPYRIGHT}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"

Var WasRunning
Var IsAside
Var RemoveWallet
Var RemoveWalletBox

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_FINISHPAGE_RUN "${PROGRAM}"
!define MUI_FINISHPAGE_RUN_TEXT "Start ${NAME}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${BANNER}"
!define MUI_FINISHPAGE_TITLE "${NAME} is installed"
!define MUI_FINISHPAGE_TEXT "It lives in the tray, beside the clock, and asks you before any app \
  may spend."
!define MUI_PAGE_HEADER_TEXT "Install ${NAME}"
!define MUI_PAGE_HEADER_SUBTEXT "For you alone: that takes no administrator."
!define MUI_COMPONENTSPAGE_TEXT_TOP "It goes to ${FOLDER}. Links that apps open with wattfare: will \
  come to it. A wallet that runs is asked to settle and quit first."
!define MUI_COMPONENTSPAGE_TEXT_COMPLIST "Tick what you like:"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
UninstPage custom un.ShowWalletPage un.LeaveWalletPage
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; --- The running wallet ---------------------------------------------------------------------------

; $0 becomes 1 where some process runs the program, and goes on doing so for PATIENCE quarters of a
; second: Windows then lets nobody write to it.
!macro LOOK_WHETHER_IT_RUNS PATIENCE
  ${ForEach} $2 0 ${PATIENCE} + 1
    StrCpy $0 0
    ${IfNot} ${FileExists} "${PROGRAM}"
      ${Break}
    ${EndIf}
    ClearErrors
    FileOpen $1 "${PROGRAM}" a
    ${IfNot} ${Errors}
      FileClose $1
      ${Break}
    ${EndIf}
    StrCpy $0 1
    ${If} $2 < ${PATIENCE}
      Sleep 250
    ${EndIf}
  ${Next}
!macroend

; A wallet that runs is asked to quit, as by its tray: it settles what runs and ends. It is never
; killed, since it is writing down what was spent. One of another home has to be quit by hand.
!macro DEFINE_QUIT_RUNNING un
  Function ${un}QuitRunning
    StrCpy $WasRunning 0
    !insertmacro LOOK_WHETHER_IT_RUNS 0
    ${DoWhile} $0 == 1
      StrCpy $WasRunning 1
      DetailPrint "Asking the running wallet to settle and quit"
      nsExec::Exec /TIMEOUT=90000 '"${PROGRAM}" quit'
      Pop $0
      ; Whatever it answered: what counts is whether the files can be replaced.
      !insertmacro LOOK_WHETHER_IT_RUNS 20
      ${If} $0 == 1
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION \
          "${NAME} is still running. Quit it from its tray icon, then try again." \
          /SD IDCANCEL IDRETRY again
        Abort "${NAME} is still running; nothing was changed."
        again:
        !insertmacro LOOK_WHETHER_IT_RUNS 0
      ${EndIf}
    ${Loop}
  FunctionEnd
!macroend
!insertmacro DEFINE_QUIT_RUNNING ""
!insertmacro DEFINE_QUIT_RUNNING "un."

; --- Installing -----------------------------------------------------------------------------------

Function .onInit
  ${IfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "${NAME} needs Windows 10 or later." /SD IDOK
    Abort
  ${EndIf}
  ; One place: an upgrade then always meets what it replaces, and what is removed is ours.
  StrCpy $INSTDIR "${FOLDER}"
  StrCpy $IsAside 0
  Call ChooseStartAtLogin
FunctionEnd

; What is there is moved aside first and comes back where anything fails. $0 becomes 1 where a
; file of it is held open, by a scanner of viruses, say, for longer than five seconds.
Function MoveAside
  RMDir /r "${ASIDE}"
  CreateDirectory "${ASIDE}"
  StrCpy $IsAside 1
  ${ForEach} $1 1 20 + 1
    StrCpy $0 0
    ClearErrors
    ${If} ${FileExists} "${PROGRAM}"
      Rename "${PROGRAM}" "${ASIDE}\wattfare.exe"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\_internal\*.*"
      Rename "$INSTDIR\_internal" "${ASIDE}\_internal"
    ${EndIf}
    ${If} ${Errors}
      StrCpy $0 1
      Sleep 250
    ${Else}
      ${Break}
    ${EndIf}
  ${Next}
FunctionEnd

Function BringBack
  ${If} $IsAside == 1
    StrCpy $IsAside 0
    SetOutPath "$TEMP"
    ${If} ${FileExists} "${ASIDE}\wattfare.exe"
      Delete "${PROGRAM}"
      Rename "${ASIDE}\wattfare.exe" "${PROGRAM}"
    ${EndIf}
    ${If} ${FileExists} "${ASIDE}\_internal\*.*"
      RMDir /r "$INSTDIR\_internal"
      Rename "${ASIDE}\_internal" "$INSTDIR\_internal"
    ${EndIf}
    RMDir "${ASIDE}"
    ; Without this key nothing was there before.
    ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "UninstallString"
    ${If} $0 == ""
      Delete "${PROGRAM}"
      RMDir /r "$INSTDIR\_internal"
      RMDir "$INSTDIR"
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "${NAME}" MAIN
  SectionIn RO
  Call QuitRunning
  SetOutPath "$INSTDIR"
  Call MoveAside
  ${If} $0 == 1
    Abort "Files of ${NAME} are in use; nothing was changed."
  ${EndIf}
  File /r "${PAYLOAD}\*.*"
  ClearErrors
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    Abort "The uninstaller cannot be written; nothing was changed."
  ${EndIf}
  StrCpy $IsAside 0
  RMDir /r "${ASIDE}"

  WriteRegStr HKCU "${SCHEME_KEY}" "" "URL:${NAME}"
  WriteRegStr HKCU "${SCHEME_KEY}" "URL Protocol" ""
  WriteRegStr HKCU "${SCHEME_KEY}\DefaultIcon" "" '"${PROGRAM}",0'
  WriteRegStr HKCU "${SCHEME_KEY}\shell\open\command" "" '"${PROGRAM}" "%1"'

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "${PROGRAM}" "" "${PROGRAM}" 0 SW_SHOWNORMAL "" \
    "A wallet for the AI that apps use"

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" '"${PROGRAM}",0'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${MAKER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
  ${NotifyShell_AssocChanged}
SectionEnd

Section /o "Start ${NAME} when I log in" AT_LOGIN
  ; What is there may name another home, and is its user's.
  ReadRegStr $0 HKCU "${RUN_KEY}" "${RUN_NAME}"
  ${If} $0 == ""
    WriteRegStr HKCU "${RUN_KEY}" "${RUN_NAME}" '"${PROGRAM}"'
  ${EndIf}
SectionEnd

Section "-Do not start at log-in"
  ${IfNot} ${SectionIsSelected} ${AT_LOGIN}
    DeleteRegValue HKCU "${RUN_KEY}" "${RUN_NAME}"
  ${EndIf}
SectionEnd

; Ticked only by /StartAtLogin, or where it is so already.
Function ChooseStartAtLogin
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/StartAtLogin" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${AT_LOGIN}
  ${EndIf}
  ReadRegStr $0 HKCU "${RUN_KEY}" "${RUN_NAME}"
  ${If} $0 != ""
    !insertmacro SelectSection ${AT_LOGIN}
  ${EndIf}
FunctionEnd

Function .onInstFailed
  Call BringBack
FunctionEnd

Function .onInstSuccess
  ; With windows, the last page asks.
  ${If} ${Silent}
  ${AndIf} $WasRunning == 1
    Exec '"${PROGRAM}"'
  ${EndIf}
FunctionEnd

; --- Uninstalling ---------------------------------------------------------------------------------

Function un.onInit
  StrCpy $INSTDIR "${FOLDER}"
  StrCpy $RemoveWallet 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/RemoveWallet" $1
  ${IfNot} ${Errors}
    StrCpy $RemoveWallet 1
  ${EndIf}
FunctionEnd

Function un.ShowWalletPage
  ${IfNot} ${FileExists} "${WALLET}\*.*"
    Abort ; there is nothing to ask
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "Remove ${NAME}" "The program goes, your wallet stays."
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 56u "Your wallet stays: the keys of your providers, what apps may \
    spend, and your books. A ${NAME} that is installed later goes on with it. It is in$\r$\n$\r$\n\
    ${WALLET}"
  Pop $0
  ${NSD_CreateCheckbox} 0 64u 100% 12u "&Remove my wallet, too. Only a backup brings it back."
  Pop $RemoveWalletBox
  ${NSD_SetState} $RemoveWalletBox $RemoveWallet
  nsDialogs::Show
FunctionEnd

Function un.LeaveWalletPage
  ${NSD_GetState} $RemoveWalletBox $RemoveWallet
FunctionEnd

; $0 becomes 1 where the command line in $0 starts this program.
Function un.IsOurs
  StrCpy $1 '"${PROGRAM}"'
  StrLen $2 $1
  StrCpy $0 $0 $2
  ${If} $0 == $1
    StrCpy $0 1
  ${Else}
    StrCpy $0 0
  ${EndIf}
FunctionEnd

Section "Uninstall"
  Call un.QuitRunning
  SetOutPath "$TEMP"
  ${If} $RemoveWallet == 1
    ; Only the program can take its key out of Windows' Credential Manager. The files go below,
    ; whether it can or not.
    DetailPrint "Removing the wallet"
    nsExec::Exec /TIMEOUT=60000 '"${PROGRAM}" erase --yes --home "${WALLET}"'
    Pop $0
  ${EndIf}
  ClearErrors
  ${If} ${FileExists} "${PROGRAM}"
    Delete "${PROGRAM}"
  ${EndIf}
  ${If} ${Errors}
    Abort "${NAME} cannot be removed while it is in use."
  ${EndIf}
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "${ASIDE}"
  Delete "$INSTDIR\uninstall.exe"
  ; No /r: what others put here is not ours.
  RMDir "$INSTDIR"
  RMDir "$LOCALAPPDATA\Programs"
  Delete "$SMPROGRAMS\${NAME}.lnk"

  ReadRegStr $0 HKCU "${SCHEME_KEY}\shell\open\command" ""
  Call un.IsOurs
  ${If} $0 == 1
    DeleteRegKey HKCU "${SCHEME_KEY}"
  ${EndIf}
  ReadRegStr $0 HKCU "${RUN_KEY}" "${RUN_NAME}"
  Call un.IsOurs
  ${If} $0 == 1
    DeleteRegValue HKCU "${RUN_KEY}" "${RUN_NAME}"
    DeleteRegValue HKCU "${APPROVED_KEY}" "${RUN_NAME}"
  ${EndIf}
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  ${NotifyShell_AssocChanged}

  ${If} $RemoveWallet == 1
    RMDir /r "${WALLET}"
  ${Else}
    DetailPrint "Your wallet stays in ${WALLET}"
  ${EndIf}
SectionEnd

#!/usr/bin/env bash
# Sign dist/Wattfare.app, have Apple notarise it, and put it into a disk image.
#
#   make-dmg.sh APP DMG
#
# From the environment, and never printed (`security` takes passwords only as arguments: run this on
# a machine that nobody else is logged in to):
#   MACOS_CERTIFICATE            a Developer ID Application certificate with its key: PKCS#12, base64
#   MACOS_CERTIFICATE_PASSWORD   what opens it
#   NOTARY_KEY                   an App Store Connect API key (.p8), base64
#   NOTARY_KEY_ID, NOTARY_ISSUER which key, and whose
# Without MACOS_CERTIFICATE the image is made of what is there, signed for this machine only, and
# says so in its name.
set -euo pipefail

app=${1:?"usage: make-dmg.sh APP DMG"}
dmg=${2:?"usage: make-dmg.sh APP DMG"}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
entitlements=$here/entitlements.plist
scratch=$(mktemp -d)
keychain=$scratch/signing.keychain-db

clean_up() {
    security delete-keychain "$keychain" >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# Print the name of the one identity in a keychain of its own, which goes again at the end.
import_identity() {
    local password
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    security create-keychain -p "$password" "$keychain"
    security set-keychain-settings -lut 21600 "$keychain"
    security unlock-keychain -p "$password" "$keychain"
    base64 --decode >"$scratch/certificate.p12" <<<"$MACOS_CERTIFICATE"
    security import "$scratch/certificate.p12" -k "$keychain" -f pkcs12 \
        -P "${MACOS_CERTIFICATE_PASSWORD:?}" -T /usr/bin/codesign >/dev/null
    rm "$scratch/certificate.p12"
    security set-key-partition-list -S apple-tool:,apple:,codesign: -s -k "$password" \
        "$keychain" >/dev/null
    # codesign looks only into keychains of this list; the others must stay in it.
    local others=()
    while IFS= read -r line; do
        others+=("$(sed -e 's/^ *"//' -e 's/"$//' <<<"$line")")
    done < <(security list-keychains -d user)
    security list-keychains -d user -s "$keychain" ${others[@]+"${others[@]}"}
    security find-identity -v -p codesigning "$keychain" |
        sed -n 's/^ *1) \([0-9A-F]\{40\}\) .*/\1/p'
}

sign() {
    codesign --force --timestamp --options runtime --keychain "$keychain" --sign "$identity" "$@"
}

# From the inside out: what is outside seals what is in it. `--deep` would sign all alike, the
# entitlements on every library included, and Apple advises against it.
sign_app() {
    local file framework
    while IFS= read -r -d '' file; do
        if file -b "$file" | grep -q '^Mach-O'; then
            sign "$file"
        fi
    done < <(find "$app/Contents/Frameworks" "$app/Contents/Resources" -type f -print0)
    while IFS= read -r -d '' framework; do
        sign "$framework"
    done < <(find "$app/Contents/Frameworks" -depth -type d -name '*.framework' -print0)
    sign --entitlements "$entitlements" "$app/Contents/MacOS/wattfare"
    sign --entitlements "$entitlements" "$app"
    codesign --verify --deep --strict --verbose=2 "$app"
}

make_image() {
    rm -rf "$scratch/image" "$dmg"
    mkdir "$scratch/image"
    # Not cp -r: links and signatures have to stay as they are.
    ditto "$app" "$scratch/image/$(basename "$app")"
    ln -s /Applications "$scratch/image/Applications"
    hdiutil create -volname Wattfare -srcfolder "$scratch/image" -fs HFS+ -format UDZO \
        -quiet "$dmg"
}

# Apple looks at the image and all that is in it; the ticket is then stapled to both, so that a Mac
# without a network trusts them, too.
notarise() {
    base64 --decode >"$scratch/notary.p8" <<<"$NOTARY_KEY"
    xcrun notarytool submit "$1" --key "$scratch/notary.p8" --key-id "${NOTARY_KEY_ID:?}" \
        --issuer "${NOTARY_ISSUER:?}" --wait --timeout 45m
    rm "$scratch/notary.p8"
}

if [ -z "${MACOS_CERTIFICATE:-}" ]; then
    dmg=${dmg%.dmg}-unsigned.dmg
    echo "There is no certificate: $dmg is not notarised, and Macs will warn of it."
    make_image
    exit 0
fi

identity=$(import_identity)
if [ -z "$identity" ]; then
    echo "The certificate holds no identity to sign with." >&2
    exit 1
fi
sign_app
if [ -n "${NOTARY_KEY:-}" ]; then
    ditto -c -k --keepParent "$app" "$scratch/app.zip"
    notarise "$scratch/app.zip"
    xcrun stapler staple "$app"
fi
make_image
codesign --force --timestamp --keychain "$keychain" --sign "$identity" "$dmg"
if [ -n "${NOTARY_KEY:-}" ]; then
    notarise "$dmg"
    xcrun stapler staple "$dmg"
    spctl --assess --type open --context context:primary-signature "$dmg"
fi
echo "$dmg is made."

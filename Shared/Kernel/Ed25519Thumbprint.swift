import Crypto
public import Foundation

/// The thumbprint of an Ed25519 public key, which is its id: SHA-256 of its JSON Web Key (RFC 7638, RFC 8037).
public enum Ed25519Thumbprint {
    /// The thumbprint of a raw public key in base64url, 43 characters; nil unless the key has 32 bytes.
    public static func of(_ publicKey: Data) -> String? {
        guard publicKey.count == 32 else { return nil }
        let members = #"{"crv":"Ed25519","kty":"OKP","x":"\#(base64URL(publicKey))"}"#
        return base64URL(Data(SHA256.hash(data: Data(members.utf8))))
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

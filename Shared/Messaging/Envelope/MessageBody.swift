import StrictJSON

/// Encodes and decodes the bodies of messages: strict JSON of at most `MessageLimits.bodyBytes`.
public enum MessageBody {
    /// Encodes a body, of any size. Throws `EnvelopeFault.body` for an invalid text, and `EncodingError` for a value that JSON cannot represent.
    public static func encode(_ message: some Encodable) throws -> [UInt8] {
        do {
            return try StrictJSON.encode(message)
        } catch let fault as JSONFault {
            throw EnvelopeFault.body(fault)
        }
    }

    /// Decodes a body. Each kind of error has its own fault, whose text contains no values of the body.
    public static func decode<M: Decodable>(_ type: M.Type, from body: [UInt8]?) throws(EnvelopeFault) -> M {
        let body = try bounded(body)
        do throws(JSONFault) {
            return try StrictJSON.decode(type, from: body)
        } catch {
            throw .body(error)
        }
    }

    /// Throws if the body is missing, too large, not UTF-8 or not valid JSON.
    static func check(_ body: [UInt8]?) throws(EnvelopeFault) {
        let body = try bounded(body)
        do throws(JSONFault) {
            try StrictJSON.check(body)
        } catch {
            throw .body(error)
        }
    }

    private static func bounded(_ body: [UInt8]?) throws(EnvelopeFault) -> [UInt8] {
        guard let body else { throw .noBody }
        guard body.count <= MessageLimits.bodyBytes else { throw .bodyTooLarge(bytes: body.count) }
        return body
    }
}

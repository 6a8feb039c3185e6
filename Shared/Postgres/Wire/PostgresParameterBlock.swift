internal import CLibpq

/// The encoded parameters of all steps to send, in one reused buffer.
///
/// All parameters are encoded before anything is sent, so that an encoding error does not affect the connection.
struct PostgresParameterBlock {
    private var writer = PostgresWriter()
    private var lengths: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []
    /// 1 for each parameter: all are binary.
    private var formats: [Int32] = []

    mutating func removeAll() {
        // A buffer that grew for a large batch is not kept for the lifetime of the connection.
        writer.bytes.removeAll(keepingCapacity: writer.bytes.capacity <= 1 << 20)
        lengths.removeAll(keepingCapacity: true)
    }

    /// Appends the parameters of one step.
    mutating func append(_ parameters: [any PostgresEncodable], for prepared: PostgresPrepared) throws {
        guard parameters.count == prepared.parameterTypes.count else {
            throw PostgresError(
                .encoding, "the statement has \(prepared.parameterTypes.count) parameters, and \(parameters.count) values were given",
                statement: prepared.name)
        }
        for index in parameters.indices {
            let start = writer.bytes.count
            do {
                try parameters[index].encode(as: prepared.parameterTypes[index], into: &writer)
            } catch var error as PostgresError {
                error.statement = prepared.name
                throw error
            }
            lengths.append(writer.isNull ? -1 : try length(writer.bytes.count - start, prepared))
            writer.isNull = false
        }
    }

    /// PostgreSQL accepts no field above 1 GiB and would close the connection.
    private func length(_ count: Int, _ prepared: PostgresPrepared) throws -> Int32 {
        guard count < 1 << 30 else {
            throw PostgresError(.encoding, "a parameter is larger than PostgreSQL's limit of 1 GiB", statement: prepared.name)
        }
        return Int32(count)
    }

    /// Calls `send` once for each step, with its index, its number of parameters, and their pointers, lengths and formats.
    mutating func withSteps(
        _ counts: [Int],
        _ send: (Int, Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws -> Void
    ) rethrows {
        // An empty buffer needs an address too: libpq treats a null pointer as SQL null.
        if writer.bytes.isEmpty { writer.bytes.append(0) }
        while formats.count < lengths.count { formats.append(1) }
        let (bytes, lengths, formats) = (writer.bytes, lengths, formats)
        try bytes.withUnsafeBytes { bytes in
            locate(in: bytes)
            let pointers = pointers
            try pointers.withUnsafeBufferPointer { pointers in
                try lengths.withUnsafeBufferPointer { lengths in
                    try formats.withUnsafeBufferPointer { formats in
                        var first = 0
                        for (step, count) in counts.enumerated() {
                            try send(
                                step, Int32(count), pointers.baseAddress.map { $0 + first }, lengths.baseAddress.map { $0 + first },
                                formats.baseAddress)
                            first += count
                        }
                    }
                }
            }
        }
    }

    private mutating func locate(in bytes: UnsafeRawBufferPointer) {
        pointers.removeAll(keepingCapacity: true)
        let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        var offset = 0
        for length in lengths {
            pointers.append(length < 0 ? nil : base.map { $0 + offset })
            offset += Int(max(0, length))
        }
    }
}

internal import CLibpq

extension PostgresConnection {
    /// Copies rows into `columns` of `table` and returns their number; the fastest way to load many rows. Each row has one value per
    /// column, in order, encoded as the column's type.
    ///
    /// A value that cannot be encoded ends the copy: no row is copied, and the connection remains usable.
    /// - Parameters:
    ///   - table: the table's name, optionally with its schema; each part is quoted, so it is case-sensitive.
    ///   - deadline: the timeout of the whole copy; by default that of a statement.
    @discardableResult
    public func copyIn(
        _ table: String, columns: [String], rows: sending some Sequence<[any PostgresEncodable]>, deadline: Duration? = nil
    ) async throws -> Int {
        let target = table.split(separator: ".").map { Self.quoted(String($0)) }.joined(separator: ".")
        let list = columns.map(Self.quoted).joined(separator: ", ")
        // COPY does not report the types it expects. A prepared INSERT, which is never run, does.
        let marks = (1...max(1, columns.count)).map { "$\($0)" }.joined(separator: ", ")
        let probe = PostgresStatement("copy \(table)", "insert into \(target) (\(list)) values (\(marks))")
        return try await exclusively { session in
            let until = session.deadline(deadline)
            let types = try await session.describe(probe, until: until)
            let copy = "copy \(target) (\(list)) from stdin (format binary)"
            return try await session.copyIn(
                copy, name: probe.name, PostgresCopyRows(rows: rows, types: types, name: probe.name), until: until)
        }
    }

    /// Copies encoded bytes in the format that the COPY statement names, and returns the number of rows.
    @discardableResult
    public func copyIn(_ sql: String, chunks: sending some Sequence<[UInt8]>, deadline: Duration? = nil) async throws -> Int {
        try await exclusively { session in
            try await session.copyIn(sql, name: "copy", chunks.lazy.map { Result.success($0) }, until: session.deadline(deadline))
        }
    }

    private static func quoted(_ identifier: String) -> String { "\"" + identifier.replacing("\"", with: "\"\"") + "\"" }
}

/// The rows in COPY's binary format (manual of COPY, "Binary Format"): a header, tuples, a trailer.
private struct PostgresCopyRows<Rows: Sequence<[any PostgresEncodable]>>: Sequence {
    let rows: Rows
    let types: [PostgresType]
    let name: String

    func makeIterator() -> AnyIterator<Result<[UInt8], any Error>> {
        var header: [UInt8]? = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
        var rows = Optional(rows.makeIterator())
        return AnyIterator {
            if let first = header {
                header = nil
                return .success(first)
            }
            guard let row = rows?.next() else {
                defer { rows = nil }
                return rows == nil ? nil : .success([0xFF, 0xFF])
            }
            return Result { try encode(row) }
        }
    }

    private func encode(_ row: [any PostgresEncodable]) throws -> [UInt8] {
        guard row.count == types.count else {
            throw PostgresError(.encoding, "a row has \(row.count) values, and there are \(types.count) columns", statement: name)
        }
        var writer = PostgresWriter()
        writer.write(Int16(types.count))
        for (value, type) in zip(row, types) {
            let lengthAt = writer.bytes.count
            writer.write(Int32(-1))
            do {
                try value.encode(as: type, into: &writer)
            } catch var error as PostgresError {
                error.statement = name
                throw error
            }
            if !writer.isNull { writer.patch(Int32(clamping: writer.bytes.count - lengthAt - 4), at: lengthAt) }
            writer.isNull = false
        }
        return writer.bytes
    }
}

extension PostgresSession {
    /// The number of bytes passed to libpq between two flushes: limits libpq's buffer.
    private static let copyBufferBytes = 1 << 16

    fileprivate func copyIn(
        _ sql: String, name: String, _ chunks: some Sequence<Result<[UInt8], any Error>>, until deadline: PostgresDeadline
    ) async throws -> Int {
        try await sendPending(until: deadline)
        guard PQsendQuery(handle, sql) == 1 else { throw lost(statement: name) }
        try await flush(until: deadline)
        guard let ready = try await nextResult(until: deadline) else { throw lost(statement: name) }
        guard PQresultStatus(ready.handle) == PGRES_COPY_IN else { return try await refuseCopy(ready, name, until: deadline) }
        var failed: (any Error)?
        var buffered = 0
        for chunk in chunks {
            switch chunk {
            case .failure(let error): failed = error
            case .success(let bytes):
                try put(bytes, name)
                buffered += bytes.count
            }
            if failed != nil { break }
            if buffered >= Self.copyBufferBytes {
                try await flush(until: deadline)
                buffered = 0
            }
        }
        // An error text makes the server undo the copy.
        guard PQputCopyEnd(handle, failed == nil ? nil : "the client cancelled the copy") == 1 else { throw lost(statement: name) }
        try await flush(until: deadline)
        return try await finishCopy(name, failed, until: deadline)
    }

    private func put(_ bytes: [UInt8], _ name: String) throws {
        // A chunk larger than libpq's counter cannot be sent, and splitting it could corrupt a row.
        let taken = bytes.withUnsafeBytes { chunk in
            Int32(exactly: chunk.count).map { PQputCopyData(handle, chunk.baseAddress?.assumingMemoryBound(to: CChar.self), $0) }
        }
        guard taken == 1 else { throw lost(statement: name) }
    }

    private func finishCopy(_ name: String, _ failed: (any Error)?, until deadline: PostgresDeadline) async throws -> Int {
        var copied = 0
        var error: (any Error)? = failed
        while let result = try await nextResult(until: deadline) {
            if PQresultStatus(result.handle) == PGRES_FATAL_ERROR {
                let refusal = failure(result, statement: name)
                error = error ?? refusal
                if isBroken { throw error ?? refusal }
            } else {
                copied = PostgresRows(result, statement: name).affected
            }
        }
        if let error { throw error }
        return copied
    }

    private func refuseCopy(_ result: PostgresResult, _ name: String, until deadline: PostgresDeadline) async throws -> Int {
        guard PQresultStatus(result.handle) == PGRES_FATAL_ERROR else {
            markBroken()
            throw PostgresError(.usage, "copyIn needs a COPY ... FROM STDIN statement", statement: name)
        }
        let error = failure(result, statement: name)
        while !isBroken, try await nextResult(until: deadline) != nil {}
        throw error
    }
}

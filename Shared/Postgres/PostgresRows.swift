internal import CLibpq
internal import Glibc

/// Owns a libpq result. A finished result is immutable, so any thread may read it.
final class PostgresResult: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }
}

/// The result of one statement, held in memory.
public struct PostgresRows: Sendable, RandomAccessCollection {
    let result: PostgresResult
    let statement: String
    /// The number of rows.
    public let count: Int

    init(_ result: PostgresResult, statement: String) {
        self.result = result
        self.statement = statement
        count = Int(PQntuples(result.handle))
    }

    /// The number of rows that an insert, update, delete, merge, copy or select affected; 0 for others.
    public var affected: Int { Int(String(cString: PQcmdTuples(result.handle))) ?? 0 }

    /// The column names in order.
    public var columns: [String] { (0..<PQnfields(result.handle)).map { String(cString: PQfname(result.handle, $0)) } }

    /// 0.
    public var startIndex: Int { 0 }
    /// `count`.
    public var endIndex: Int { count }
    /// The row at `index`, which must be below `count`.
    public subscript(index: Int) -> PostgresRow {
        precondition(index >= 0 && index < count, "row index out of range")
        return PostgresRow(rows: self, index: Int32(index))
    }

    /// All rows as tuples of the given types, one type per column in order.
    ///
    /// Throws a `PostgresError` of kind `decoding`, with column and statement, when the number of columns, a type or a value does not fit.
    public func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws -> [(repeat each T)] {
        var decoded: [(repeat each T)] = []
        decoded.reserveCapacity(count)
        for row in self {
            decoded.append(try row.decode(repeat each types))
        }
        return decoded
    }

    /// All rows of a single column. A separate overload, because Swift's type checker handles a pack of one type poorly.
    public func decode<T: PostgresDecodable>(_ type: T.Type) throws -> [T] { try map { try $0.decode(type) } }

    /// Decodes a cell, and adds column and statement to an error.
    func decode<T: PostgresDecodable>(row: Int32, column: Int32, as _: T.Type) throws -> T {
        do {
            return try T.decode(cell(row, column))
        } catch let error as PostgresError {
            throw addingNames(error, column)
        }
    }

    fileprivate func cell(_ row: Int32, _ column: Int32) -> PostgresCell {
        let handle = result.handle
        var bytes: UnsafeRawBufferPointer?
        if PQgetisnull(handle, row, column) == 0 {
            bytes = UnsafeRawBufferPointer(start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
        }
        return PostgresCell(type: PostgresType(rawValue: PQftype(handle, column)), bytes: bytes)
    }

    fileprivate func addingNames(_ error: PostgresError, _ column: Int32) -> PostgresError {
        var error = error
        error.statement = error.statement ?? statement
        error.column = PQfname(result.handle, column).map { String(cString: $0) }
        return error
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let rows: PostgresRows
    let index: Int32

    /// All columns, in order, as the given types.
    public func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws -> (repeat each T) {
        var wanted: Int32 = 0
        for _ in repeat each types { wanted += 1 }
        try requireColumns(wanted)
        var column: Int32 = -1
        func next<Value: PostgresDecodable>(_ type: Value.Type) throws -> Value {
            column += 1
            return try rows.decode(row: index, column: column, as: type)
        }
        return (repeat try next(each types))
    }

    /// The only column.
    public func decode<T: PostgresDecodable>(_ type: T.Type) throws -> T {
        try requireColumns(1)
        return try rows.decode(row: index, column: 0, as: type)
    }

    /// The column at `column`, counted from 0.
    public func decode<T: PostgresDecodable>(column: Int, as type: T.Type = T.self) throws -> T {
        guard column >= 0, column < Int(PQnfields(rows.result.handle)) else {
            throw PostgresError(.decoding, "the result has no column number \(column)", statement: rows.statement)
        }
        return try rows.decode(row: index, column: Int32(column), as: type)
    }

    /// Calls `body` with the cell of the column at `column`, counted from 0, without copying its value. For readers of very many rows.
    /// Rethrows the error of `body`, with column and statement added to a `PostgresError`.
    public func read(column: Int, _ body: (PostgresCell) throws -> Void) throws {
        let handle = rows.result.handle
        guard column >= 0, column < Int(PQnfields(handle)) else {
            throw PostgresError(.decoding, "the result has no column number \(column)", statement: rows.statement)
        }
        do {
            try body(rows.cell(index, Int32(column)))
        } catch let error as PostgresError {
            throw rows.addingNames(error, Int32(column))
        }
    }

    /// The column named `name`, as in the SQL.
    public func decode<T: PostgresDecodable>(column name: String, as type: T.Type = T.self) throws -> T {
        // Not PQfnumber, which folds the case of the name.
        for column in 0..<PQnfields(rows.result.handle) where strcmp(PQfname(rows.result.handle, column), name) == 0 {
            return try rows.decode(row: index, column: column, as: type)
        }
        throw PostgresError(.decoding, "the result has no column named \(name)", statement: rows.statement)
    }

    private func requireColumns(_ wanted: Int32) throws {
        let found = PQnfields(rows.result.handle)
        guard wanted == found else {
            throw PostgresError(.decoding, "the result has \(found) columns, and \(wanted) were requested", statement: rows.statement)
        }
    }
}

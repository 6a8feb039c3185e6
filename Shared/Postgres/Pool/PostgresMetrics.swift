internal import CoreMetrics

/// What a pool tells about itself. All carry the label `database`.
struct PostgresMetrics: Sendable {
    let leasesInUse: Meter
    let leasesWaiting: Meter
    let leaseWait: Timer
    let connects: Counter
    let connectFailures: Counter
    private let database: String

    init(database: String) {
        let labels = [("database", database)]
        self.database = database
        leasesInUse = Meter(label: "quan_postgres_leases_in_use", dimensions: labels)
        leasesWaiting = Meter(label: "quan_postgres_leases_waiting", dimensions: labels)
        leaseWait = Timer(label: "quan_postgres_lease_wait", dimensions: labels)
        connects = Counter(label: "quan_postgres_connects", dimensions: labels)
        connectFailures = Counter(label: "quan_postgres_connect_failures", dimensions: labels)
    }

    /// Transactions are named in code, so there are few of these.
    func countRetry(of transaction: String) {
        Counter(label: "quan_postgres_transaction_retries", dimensions: [("database", database), ("transaction", transaction)]).increment()
    }
}

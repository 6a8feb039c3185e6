internal import CoreMetrics

/// The metrics of a pool. All have the label `database`.
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

    /// Transaction names are constants in the code, so there are few label values.
    func countRetry(of transaction: String) {
        Counter(label: "quan_postgres_transaction_retries", dimensions: [("database", database), ("transaction", transaction)]).increment()
    }
}

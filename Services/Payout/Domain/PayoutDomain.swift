/// What `payout` decides: pure, no clock, no input or output.
public enum PayoutDomain {}

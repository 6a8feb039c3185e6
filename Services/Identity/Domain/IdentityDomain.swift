/// What `identity` decides: pure, no clock, no input or output.
public enum IdentityDomain {}

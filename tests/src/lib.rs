//! Black-box tests of Traject over gRPC and the command line; nothing here ships.

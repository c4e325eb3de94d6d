"""The reference service that the stack of LiveStreamSell AI deploys: intake, worker, vault."""

//! The shares of a plan, computed at once and read one after the other.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::common::runtime::SpawnedTask;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream_partitioned};
use futures::{StreamExt, stream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The unit in which waiting batches are counted.
const UNIT: usize = 1 << 10;

type Waiting = (Result<RecordBatch, DataFusionError>, OwnedSemaphorePermit);

/// Starts all shares; `buffer` bytes of those that aren't read yet may wait.
pub(super) fn stream(
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    buffer: usize,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let schema = plan.schema();
    let streams = execute_stream_partitioned(plan, context)?;
    let room = (buffer / streams.len() / UNIT).max(1);
    let shares: Vec<Share> = streams.into_iter().map(|stream| Share::start(stream, room)).collect();
    let batches = stream::iter(shares).flat_map(|share| {
        stream::unfold(share, |mut share| async {
            let (batch, _room) = share.batches.recv().await?;
            Some((batch, share))
        })
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
}

/// A share on its way. Dropping it ends its task.
struct Share {
    batches: UnboundedReceiver<Waiting>,
    _task: SpawnedTask<()>,
}

impl Share {
    fn start(mut stream: SendableRecordBatchStream, room: usize) -> Self {
        let (sender, batches) = unbounded_channel();
        let room_left = Arc::new(Semaphore::new(room));
        let task = SpawnedTask::spawn(async move {
            while let Some(batch) = stream.next().await {
                let size = batch.as_ref().map_or(0, RecordBatch::get_array_memory_size) / UNIT;
                let units = u32::try_from(size.clamp(1, room)).unwrap_or(1);
                let Ok(permit) = Arc::clone(&room_left).acquire_many_owned(units).await else {
                    return;
                };
                if sender.send((batch, permit)).is_err() {
                    return;
                }
            }
        });
        Self { batches, _task: task }
    }
}
